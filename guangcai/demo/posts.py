"""Posts of the demo: six kinds open with claims in every state, a lot drawn and one collected, a proposal."""

from datetime import datetime, timedelta
from typing import Any

from guangcai.commitments.enums import EndReason
from guangcai.core.actor import Actor
from guangcai.demo.content import posts
from guangcai.demo.place import SYSTEM
from guangcai.demo.stage import Stage, fixed_id
from guangcai.ledger.commands import confirm
from guangcai.orgs.commands import set_policy
from guangcai.orgs.enums import ClaimOrder, PolicyKey
from guangcai.posts.commands import (
    Draft,
    Work,
    add_post,
    allot_places,
    claim_post,
    confirm_claim,
    draft_from,
    end_claim,
    log_work,
    open_posts,
    propose_post,
    take_up,
)
from guangcai.posts.enums import HoursForm
from guangcai.posts.models import Post, PostClaim, PostKind

WEDNESDAY = 2
DAY = timedelta(days=1)


def open_sets(stage: Stage) -> None:
    """Each community's set of posts, with who claimed them and what was done under them."""
    kinds = PostKind.objects.in_bulk(field_name="code")
    for told in posts()["sets"]:
        community = told["community"]
        opened = open_posts(
            community=stage.nodes[community],
            chosen=[(kinds[code], places) for code, places in told["kinds"].items()],
            place=told["place"],
            ids={code: fixed_id("post", community, code) for code in told["kinds"]},
            by=_desk(stage, community),
            now=_ago(stage, told["days"], "09:00"),
        )
        for post in opened:
            rows = {
                who: _claim(stage, post, who, days, far) for who, days, far in told["claims"].get(post.kind.code, [])
            }
            for who, *work in told["work"].get(post.kind.code, []):
                _work(stage, rows[who], *work)


def _claim(stage: Stage, post: Post, who: int, days: int, far: str) -> PostClaim:
    """A claim as far as it came: waiting, offered, confirmed, held or ended."""
    desk, community = _desk(stage, post.community.name), post.community.name
    person, then = stage.people[community][who], _ago(stage, days, "10:00")
    key = fixed_id("claim", post.pk, person.row["phone"])
    claim = claim_post(post=post, member=person.member, by=desk, now=then, id=key)
    if far in ("waiting", "offered"):
        return claim
    claim = confirm_claim(claim=claim, by=desk, now=_ago(stage, days, "16:00"))
    if far == "confirmed":
        return claim
    claim = take_up(claim=claim, by=desk, now=_ago(stage, days - 1, "09:00"), asked=posts()["asked"])
    if far == "ended":
        end_claim(claim=claim, reason=EndReason.MOVED, note="", by=desk, now=_ago(stage, days // 2, "09:00"))
    return claim


def _work(stage: Stage, claim: PostClaim, days: int, content: str, is_deed: bool, state: str) -> None:
    """An hour and a half on a Wednesday evening, when nobody has a shift."""
    day = stage.today - days * DAY
    day -= (day.weekday() - WEDNESDAY) % 7 * DAY
    work = Work(
        starts_at=stage.at(day, "19:00"),
        ends_at=stage.at(day, "20:30"),
        minutes=90,
        content=content,
        is_deed=is_deed,
        id=fixed_id("work", claim.pk, days),
    )
    community = claim.community.name
    entry = log_work(claim=claim, work=work, by=_desk(stage, community), now=stage.at(day + DAY, "09:00"))
    if state == "confirmed":
        confirm(entries=[entry], by=stage.actor(f"secretary:{community}"), now=stage.at(day + DAY, "15:00"))


def draw_lots(stage: Stage) -> None:
    """One lot that was drawn and one whose claims are still collected, under a rule that was tried for some weeks."""
    told, node = posts(), stage.own
    tried = stage.today - told["lot_since_days"] * DAY
    for order, days, since, source in (
        (ClaimOrder.LOT, told["lot_days"], tried, told["lot_source"]),
        (ClaimOrder.FIRST_COME, 0, stage.today, told["first_come_source"]),
    ):
        value = {"order": str(order), "days": days}
        now = stage.at(since - DAY, "09:00")
        set_policy(node=node, key=PolicyKey.CLAIM_RULE, value=value, since=since, source=source, by=SYSTEM, now=now)
    for row in told["lots"]:
        _lot(stage, row)


def _lot(stage: Stage, row: dict[str, Any]) -> None:
    community, desk = row["community"], _desk(stage, row["community"])
    now = _ago(stage, row["days"], "09:00")
    draft = _draft(row, since=stage.today - row["days"] * DAY)
    key = fixed_id("post", community, row["key"])
    post = add_post(community=stage.nodes[community], draft=draft, by=desk, now=now, id=key)
    for who, days in row["claims"]:
        _claim(stage, post, who, days, "offered")
    if row["allotted_days"] is not None:
        allot_places(post=post, by=desk, now=_ago(stage, row["allotted_days"], "09:00"))


def propose_one(stage: Stage) -> None:
    """The member who signs in proposes a post; the community has not decided yet."""
    row = posts()["proposal"]
    propose_post(
        community=stage.own,
        draft=_draft(row, since=stage.today),
        reason=row["reason"],
        by=stage.actor("member"),
        now=_ago(stage, row["days"], "20:00"),
        id=fixed_id("post", "proposal"),
    )


def _draft(row: dict[str, Any], *, since: Any) -> Draft:
    base = draft_from(PostKind.objects.get(code=row["kind"]), places=row["places"], place=row["place"])
    words = {name: getattr(base, name) for name in ("duties", "risk_note", "guarantee", "helper_role", "skills")}
    is_flexible = row.get("hours_form") == HoursForm.FLEXIBLE
    return Draft(
        kind=base.kind,
        title=row["title"],
        places=row["places"],
        place=row["place"],
        hours_form=row.get("hours_form", HoursForm.OPEN),
        hours_note=row.get("hours_note", ""),
        minutes_wanted=row.get("minutes"),
        since=since if is_flexible else None,
        until=since + row["until_days"] * DAY if is_flexible else None,
        **words,
    )


def _desk(stage: Stage, community: str) -> Actor:
    return stage.actor(f"desk:{community}")


def _ago(stage: Stage, days: int, clock: str) -> datetime:
    return stage.at(stage.today - days * DAY, clock)
