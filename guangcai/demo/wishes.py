"""Wishes of the demo: eighteen of one community, twelve come true, and a new one; a campaign; programmes of aid."""

from datetime import datetime, timedelta
from typing import Any

from guangcai.core.actor import Actor
from guangcai.demo.content import wishes
from guangcai.demo.stage import Stage, fixed_id
from guangcai.members.models import Member
from guangcai.wishes import commands
from guangcai.wishes.enums import GiftForm, GiverKind, WishChannel, WishEnd
from guangcai.wishes.models import AidKind, AidMeasure, Campaign, Wish, WishClaim, WishKind

DAY = timedelta(days=1)
# How far a wish came, in order.
FAR = ("collected", "refused", "verified", "published", "offered", "held", "fulfilled", "confirmed")


def collect_wishes(stage: Stage) -> None:
    """Each wish as far as it came, a few days between its steps."""
    kinds = WishKind.objects.in_bulk(field_name="code")
    for row in wishes()["wishes"]:
        desk, far = _desk(stage, row["community"]), FAR.index(row["far"])
        draft = commands.WishDraft(
            said=row["said"],
            name=row["name"],
            phone=row["phone"],
            address=row["address"],
            channel=WishChannel(row["channel"]),
        )
        wish = commands.collect_wish(
            community=stage.nodes[row["community"]],
            draft=draft,
            by=desk,
            now=_ago(stage, row["days"], "09:30"),
            id=fixed_id("wish", row["key"]),
        )
        if row["far"] == "refused":
            note, then = wishes()["refused"], _ago(stage, row["days"] - 1, "16:00")
            commands.end_wish(wish=wish, reason=WishEnd.TOO_LARGE, note=note, by=desk, now=then)
        elif far >= FAR.index("verified"):
            _publish(stage, wish, row, kinds[row["kind"]], far)


def _publish(stage: Stage, wish: Wish, row: dict[str, Any], kind: WishKind, far: int) -> None:
    desk, days = _desk(stage, row["community"]), row["days"]
    told = {"title": row["title"], "words": row["words"], "people": row.get("people", 1)}
    wish = commands.verify_wish(wish=wish, kind=kind, **told, by=desk, now=_ago(stage, days, "15:00"))
    if far < FAR.index("published"):
        return
    wish = commands.publish_wish(wish=wish, by=desk, now=_ago(stage, days - 1, "09:00"))
    if far >= FAR.index("offered"):
        _claim(stage, wish, row, far)


def _claim(stage: Stage, wish: Wish, row: dict[str, Any], far: int) -> None:
    community, days = row["community"], row["days"]
    desk, member = _desk(stage, community), _member(stage, community, row["who"])
    claim = commands.claim_wish(
        wish=wish, member=member, by=desk, now=_ago(stage, days - 2, "10:00"), id=fixed_id("wish-claim", row["key"])
    )
    if far < FAR.index("held"):
        return
    claim = commands.confirm_claim(claim=claim, by=desk, now=_ago(stage, days - 2, "16:00"))
    if "helper" in row:
        helper = _member(stage, community, row["helper"])
        joined = commands.join_claim(wish=wish, member=helper, by=desk, now=_ago(stage, days - 3, "09:00"))
        commands.confirm_claim(claim=joined, by=desk, now=_ago(stage, days - 3, "09:30"))
    if far >= FAR.index("fulfilled"):
        _fulfil(stage, claim, row, days - 8)
    if far >= FAR.index("confirmed"):
        _answer(stage, claim, row, days - 10)


def _fulfil(stage: Stage, claim: WishClaim, row: dict[str, Any], days: int) -> None:
    done_on, now = stage.today - days * DAY, _ago(stage, days, "18:00")
    what = wishes()["done"]
    commands.fulfil_wish(claim=claim, what=what, done_on=done_on, by=_desk(stage, row["community"]), now=now)


def _answer(stage: Stage, claim: WishClaim, row: dict[str, Any], days: int) -> None:
    """The wisher's word; once it was "not yet" first. Thanks where he gave them, read by the secretary."""
    desk, wish = _desk(stage, row["community"]), claim.wish
    if row.get("again"):
        word = commands.Word(came_true=False, words=wishes()["not_yet"])
        commands.answer_at_desk(wish=wish, word=word, by=desk, now=_ago(stage, days, "10:00"))
        days -= 4
        _fulfil(stage, claim, row, days)
        days -= 1
    commands.answer_at_desk(wish=wish, word=commands.Word(came_true=True), by=desk, now=_ago(stage, days, "10:00"))
    if row["thanks"]:
        given = commands.Consent(stage.today - days * DAY, wishes()["consent"])
        now = _ago(stage, days, "10:10")
        thanks = commands.note_thanks(wish=wish, words=row["thanks"], consent=given, by=desk, now=now)
        reader = stage.actor(f"secretary:{row['community']}")
        commands.publish_thanks(thanks=thanks, by=reader, now=_ago(stage, days - 1, "09:00"))


def hold_a_campaign(stage: Stage) -> None:
    """One yuan, one book: gifts of every kind, one taken back, what the money went to."""
    told = wishes()["campaign"]
    community, desk = told["community"], _desk(stage, told["community"])
    campaign = commands.open_campaign(
        community=stage.nodes[community],
        title=told["title"],
        goal=told["goal"],
        by=desk,
        now=_ago(stage, told["days"], "09:00"),
        id=fixed_id("campaign", community),
    )
    for number, row in enumerate(told["gifts"]):
        _gift(stage, campaign, number, row)
    twice = _gift(stage, campaign, len(told["gifts"]), told["gifts"][0])
    commands.reverse_gift(gift=twice, reason=told["wrong"], by=desk, now=_ago(stage, 48, "11:00"))
    for days, fen, what in told["spendings"]:
        spent_on, now = stage.today - days * DAY, _ago(stage, days, "15:00")
        commands.note_spending(campaign=campaign, spent_on=spent_on, fen=fen, what=what, by=desk, now=now)


def _gift(stage: Stage, campaign: Campaign, number: int, row: list[Any]) -> Any:
    days, kind, *rest = row
    community = campaign.community.name
    given_on = stage.today - days * DAY
    if kind == "goods":
        goods, quantity, measure = rest
        draft = commands.GiftDraft(
            GiftForm.GOODS, GiverKind.ANONYMOUS, given_on, goods=goods, quantity=quantity, measure=measure
        )
    else:
        who, fen = rest
        draft = commands.GiftDraft(
            GiftForm.MONEY,
            GiverKind(kind),
            given_on,
            member=_member(stage, community, who) if kind == GiverKind.MEMBER else None,
            giver_name=who if kind == GiverKind.NAMED else "",
            fen=fen,
        )
    return commands.receive_gift(
        campaign=campaign,
        draft=draft,
        by=_desk(stage, community),
        now=_ago(stage, days, "14:00") + number * timedelta(minutes=1),
        id=fixed_id("gift", campaign.pk, number),
    )


def run_programmes(stage: Stage) -> None:
    """Four programmes of aid, their counted outcomes, one number corrected."""
    kinds, measures = AidKind.objects.in_bulk(field_name="code"), AidMeasure.objects.in_bulk(field_name="code")
    for told in wishes()["programmes"]:
        community, desk = told["community"], _desk(stage, told["community"])
        programme = commands.add_programme(
            community=stage.nodes[community],
            kind=kinds[told["kind"]],
            title=told["title"],
            run_by=told["run_by"],
            since=stage.launch,
            by=desk,
            now=_ago(stage, 200, "09:00"),
            id=fixed_id("programme", community, told["kind"]),
        )
        for code, days, count, source in told["outcomes"]:
            on, now = stage.today - days * DAY, _ago(stage, days, "16:00")
            commands.note_outcome(
                programme=programme, measure=measures[code], on=on, count=count, source=source, by=desk, now=now
            )
        for code, days, count, source, right, reason in told["wrong"]:
            on, now = stage.today - days * DAY, _ago(stage, days, "16:00")
            wrong = commands.note_outcome(
                programme=programme, measure=measures[code], on=on, count=count, source=source, by=desk, now=now
            )
            commands.correct_outcome(outcome=wrong, count=right, reason=reason, by=desk, now=now + DAY)


def _member(stage: Stage, community: str, who: int) -> Member:
    return stage.people[community][who].member


def _desk(stage: Stage, community: str) -> Actor:
    return stage.actor(f"desk:{community}")


def _ago(stage: Stage, days: int, clock: str) -> datetime:
    return stage.at(stage.today - days * DAY, clock)
