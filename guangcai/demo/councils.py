"""Councils of the demo: bodies and their meetings, a proposal in every state, agreements, a competition of projects."""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils.timezone import localdate

from guangcai.activities import commands as activities
from guangcai.activities.enums import ActivityKind, Presence
from guangcai.core.actor import Actor
from guangcai.councils import commands
from guangcai.councils.enums import (
    BodyKind,
    BodyRole,
    MatterKind,
    MinutesStage,
    PartyClass,
    RecordKind,
    Side,
    Verdict,
)
from guangcai.councils.models import Body, BodyMember, Meeting, Proposal
from guangcai.councils.rules import add_months
from guangcai.demo.content import councils
from guangcai.demo.place import SYSTEM
from guangcai.demo.places import book
from guangcai.demo.stage import Stage, fixed_id
from guangcai.orgs.commands import add_work_unit
from guangcai.orgs.enums import WorkUnitKind
from guangcai.places.models import SharedResource
from guangcai.portal.commands import add_suggestion, answer_suggestion

DAY = timedelta(days=1)
TOLD_BEFORE = 7


def sit_together(stage: Stage) -> None:
    """Bodies with their seats, every meeting called a week before, menus and a survey."""
    told = councils()
    for row in told["units"]:
        kind = WorkUnitKind(row["kind"])
        node = stage.nodes[stage.own.parent.parent.name]  # type: ignore[union-attr]
        stage.units[row["key"]] = add_work_unit(name=row["name"], node=node, kind=kind, by=SYSTEM, now=stage.founded_at)
    bodies = {told["joint"]["name"]: _joint(stage, told["joint"])}
    for row in told["bodies"]:
        bodies[row["name"]] = _body(stage, row)
    for row in told["meetings"]:
        _call(stage, bodies[row["body"]], row)
    _publish(stage, bodies[told["joint"]["name"]])


def _joint(stage: Stage, row: dict[str, Any]) -> Body:
    """One community and thirteen units (A31)."""
    body = _body(stage, {**row, "place": councils()["community"], "kind": BodyKind.JOINT, "members": [], "parties": []})
    now = _at(stage, row["days"])
    seats = [commands.SeatDraft(PartyClass.COMMITTEE, BodyRole.CONVENER, party_name=row["convener"])]
    seats += [commands.SeatDraft(PartyClass.UNIT, work_unit=unit) for unit in stage.units.values()]
    seats.append(commands.SeatDraft(PartyClass.DELEGATE, party_name=row["delegate"]))
    for number, draft in enumerate(seats):
        key = fixed_id("seat", body.pk, number)
        commands.give_seat(body=body, draft=draft, by=SYSTEM, now=now, id=key)
    return body


def _body(stage: Stage, row: dict[str, Any]) -> Body:
    node, now = stage.nodes[row["place"]], _at(stage, row["days"])
    set_up_on = stage.today - row["days"] * DAY
    draft = commands.BodyDraft(BodyKind(row["kind"]), row["name"], row["purpose"], set_up_on)
    body = commands.set_up_body(node=node, draft=draft, by=SYSTEM, now=now, id=fixed_id("body", row["name"]))
    people = stage.people.get(row["place"], [])
    seats = [commands.SeatDraft(PartyClass.MEMBER, member=people[who].member) for who in row["members"]]
    seats += [commands.SeatDraft(party, role, party_name=name) for party, role, name in row["parties"]]
    for number, draft_ in enumerate(seats):
        key = fixed_id("seat", body.pk, number)
        commands.give_seat(body=body, draft=draft_, by=SYSTEM, now=now, id=key)
    return body


def _call(stage: Stage, body: Body, row: dict[str, Any]) -> None:
    day = stage.today - row["days"] * DAY
    called = min(stage.at(day - TOLD_BEFORE * DAY, "09:00"), stage.at(stage.today - DAY, "09:00"))
    draft = commands.MeetingDraft(row["title"], councils()["hall"], stage.planned(day, "14:00"), row["agenda"])
    key = fixed_id("meeting", row["body"], row["title"])
    commands.call_meeting(body=body, draft=draft, by=SYSTEM, now=called, id=key)


def meet(stage: Stage) -> None:
    """Those whose day is over are closed the same afternoon and minuted the days after."""
    for row in councils()["meetings"]:
        if "decisions" in row:
            _meet(stage, row)


def _meet(stage: Stage, row: dict[str, Any]) -> None:
    day, key = stage.today - row["days"] * DAY, fixed_id("meeting", row["body"], row["title"])
    meeting = Meeting.objects.get(pk=key)
    seats = list(BodyMember.objects.open().filter(body=meeting.body_id))
    decided = {fixed_id("proposal", title): said for title, said in row.get("decided", {}).items()}
    present, again = seats[: max(3, len(seats) - 2)], day + 90 * DAY
    closing = commands.Closing(present, again, row["decisions"], row["residents"], decided)
    commands.close_meeting(meeting=meeting, closing=closing, by=SYSTEM, now=stage.at(day, "16:30"))
    stages = [MinutesStage.DRAFT] if row.get("stage") == "draft" else [MinutesStage.DRAFT, MinutesStage.FINAL]
    for number, one in enumerate(stages, start=1):
        written = stage.at(day + number * DAY, "10:00")
        commands.write_minutes(
            meeting=meeting, stage=one, text=row["minutes"], by=SYSTEM, now=written, id=fixed_id(key, number)
        )


def _publish(stage: Stage, body: Body) -> None:
    """Menus until this month, each before it began; one survey, so that the next is due."""
    this = stage.today.replace(day=1)
    for step, text in enumerate(councils()["menus"]):
        month = add_months(this, step - 2)
        _record(stage, body, RecordKind.MENU, month, text, stage.at(month - 6 * DAY, "10:00"))
    told = councils()["survey"]
    month = add_months(this, -told["months"])
    _record(stage, body, RecordKind.SURVEY, month, told["text"], stage.at(month + 20 * DAY, "10:00"))


def _record(stage: Stage, body: Body, kind: RecordKind, month: date, text: str, now: datetime) -> None:
    key = fixed_id("record", body.pk, kind, month)
    commands.publish_record(body=body, kind=kind, month=month, text=text, by=SYSTEM, now=now, id=key)


def propose(stage: Stage) -> None:
    """A proposal in every state; one of them came from a suggestion and was kept late."""
    meetings = {row.title: row for row in Meeting.objects.filter(path=stage.nodes[councils()["community"]].path)}
    for row in councils()["proposals"]:
        _proposal(stage, row, meetings)


def _proposal(stage: Stage, row: dict[str, Any], meetings: dict[str, Meeting]) -> None:
    """Raised, screened, tabled the day before its meeting."""
    community, desk = stage.nodes[councils()["community"]], _desk(stage)
    own = row["by"] == "own"
    draft = commands.ProposalDraft(
        title=row["title"],
        text=row["text"],
        proposer=stage.person(stage.users["member"].name).member if own else None,
        proposer_name="" if own else row["by"],
        raised_from=_suggested(stage) if row.get("suggested") else None,
    )
    by, key = (stage.actor("member") if own else desk), fixed_id("proposal", row["title"])
    proposal = commands.raise_proposal(community=community, draft=draft, by=by, now=_at(stage, row["days"]), id=key)
    if row["far"] == "raised":
        return
    accepts, now = row["far"] != "refused", _at(stage, row["days"] - 1)
    note = "" if accepts else row["reason"]
    commands.screen_proposal(proposal=proposal, accepts=accepts, note=note, by=desk, now=now)
    if "meeting" in row:
        meeting = meetings[row["meeting"]]
        past = stage.at(localdate(meeting.starts_at) - DAY, "11:00")
        commands.table_proposal(proposal=proposal, meeting=meeting, by=desk, now=past)


def promise(stage: Stage) -> None:
    """What units promised in the meetings, what they reported and did, what was said of it; one is dropped."""
    for row in councils()["proposals"]:
        proposal = Proposal.objects.select_related("meeting").get(pk=fixed_id("proposal", row["title"]))
        if row["far"] == "dropped":
            now = _at(stage, 35)
            commands.drop_proposal(proposal=proposal, reason=row["reason"], by=_desk(stage), now=now)
        for told in row.get("pledges", []):
            assert proposal.meeting is not None
            met = localdate(proposal.meeting.starts_at)
            _pledge(stage, proposal, told, now=stage.at(met, "15:30"))
        _make_for_it(stage, proposal, row)
        if "verdict" in row:
            _judge(stage, proposal, row)


def _make_for_it(stage: Stage, proposal: Proposal, row: dict[str, Any]) -> None:
    """A hall that was lent for it, an activity that was held for it."""
    if told := row.get("booking"):
        book(stage, SharedResource.objects.get(pk=fixed_id("resource", told["resource"])), told, matter=proposal.pk)
    if told := row.get("activity"):
        _hold(stage, proposal, told)


def _hold(stage: Stage, proposal: Proposal, told: dict[str, Any]) -> None:
    day, desk = stage.today - told["days"] * DAY, _desk(stage)
    worker = stage.users[f"desk:{councils()['community']}"].name
    text = activities.ActivityText(
        title=told["title"],
        kind=ActivityKind.CULTURE,
        place=told["place"],
        content=told["content"],
        risk_note=councils()["risk"],
        guarantee=councils()["guarantee"],
        lead_name=worker,
        conditions=councils()["who"],
        sign_up_method=councils()["how"],
    )
    before, key = _at(stage, told["days"] + 5), fixed_id("matter-activity", told["title"])
    community = stage.nodes[councils()["community"]]
    row = activities.add_activity(community=community, text=text, matter=proposal.pk, by=desk, now=before, id=key)
    begins, ends = stage.planned(day, "15:00"), stage.planned(day, "16:00")
    shift = activities.add_shift(activity=row, starts_at=begins, ends_at=ends, places=40, by=desk, now=before)
    activities.publish_activity(activity=row, by=desk, now=before)
    people = stage.people[councils()["community"]][: told["people"]]
    marks = {person.member.pk: Presence.PRESENT for person in people}
    activities.mark_attendance(shift=shift, marks=marks, by=desk, now=ends)
    activities.close_shift(shift=shift, head_count=len(marks), by=desk, now=ends)


def _judge(stage: Stage, proposal: Proposal, row: dict[str, Any]) -> None:
    last, desk = min(one["done"] for one in row["pledges"]), _desk(stage)
    draft = commands.JudgementDraft(Verdict(row["verdict"]), row["said"], asked=councils()["told"])
    key = fixed_id("judgement", proposal.pk)
    commands.judge_proposal(proposal=proposal, draft=draft, by=desk, now=_at(stage, last - 3), id=key)
    if row["far"] == "published":
        commands.publish_result(proposal=proposal, by=desk, now=_at(stage, last - 5))


def _suggested(stage: Stage) -> tuple[MatterKind, Any]:
    """The suggestion from the box: written, answered, and raised as a proposal by an explicit step."""
    told, desk = councils()["suggestion"], _desk(stage)
    written = add_suggestion(
        id=fixed_id("suggestion", "handrail"),
        text=told["text"],
        contact="",
        place=stage.nodes[councils()["community"]],
        by=Actor(),
        now=_at(stage, told["days"]),
    )
    answer_suggestion(suggestion=written, answer=told["answer"], by=desk, now=_at(stage, told["days"] - 4))
    return MatterKind.SUGGESTION, written.pk


def _pledge(stage: Stage, proposal: Proposal, told: dict[str, Any], *, now: datetime) -> None:
    draft = commands.JointPledgeDraft(
        work_unit=stage.units[told["unit"]],
        kind=told["kind"],
        item=told["item"],
        due_on=stage.today - told["due"] * DAY,
        owner_name=told["owner"],
    )
    key, desk = fixed_id("joint-pledge", told["item"]), _desk(stage)
    row = commands.make_joint_pledge(proposal=proposal, draft=draft, by=desk, now=now, id=key)
    for days, note in told["notes"]:
        key = fixed_id("progress", row.pk, days)
        commands.note_progress(pledge=row, note=note, by=desk, now=_at(stage, days), id=key)
    if "done" in told:
        day = stage.today - told["done"] * DAY
        done = commands.Done(day, told["evidence"], told.get("quantity"), told.get("measure", ""))
        commands.finish_pledge(pledge=row, done=done, by=desk, now=stage.at(day, "17:00"))


def agree(stage: Stage) -> None:
    """Agreements of units with communities, signed on the screen and on paper, one waiting; and the competition."""
    for row in councils()["agreements"]:
        items = [commands.ItemDraft(Side(side), text, much, of) for side, text, much, of in row["items"]]
        begin, unit = stage.today - row["days"] * DAY, stage.units[row["unit"]]
        draft = commands.AgreementDraft(unit, begin, stage.today - row["until"] * DAY, items)
        node, now = stage.nodes[row["community"]], _at(stage, row["days"])
        key = fixed_id("joint-agreement", row["community"], row["unit"])
        made = commands.draw_up_agreement(community=node, draft=draft, by=SYSTEM, now=now, id=key)
        if "how" not in row:
            continue
        on_paper = row["how"] == "paper"
        signature = commands.Signature(row["signer"], begin if on_paper else None, row.get("paper", ""))
        by = SYSTEM if on_paper else stage.actor("liaison")
        made = commands.sign_agreement(agreement=made, signature=signature, by=by, now=now)
        lines = list(made.items.all())
        for position, days, much in row["deliveries"]:
            day, key = stage.today - days * DAY, fixed_id("delivery", made.pk, position, days)
            commands.note_delivery(
                item=lines[position], delivered_on=day, quantity=much, by=SYSTEM, now=stage.at(day, "17:00"), id=key
            )
    _compete(stage, councils()["contest"])


def _compete(stage: Stage, row: dict[str, Any]) -> None:
    opened = _at(stage, row["days"])
    contest = commands.open_contest(
        node=stage.nodes[row["place"]],
        name=row["name"],
        closes_on=stage.today - row["closes"] * DAY,
        criteria=[tuple(one) for one in row["criteria"]],
        by=SYSTEM,
        now=opened,
        id=fixed_id("contest", row["name"]),
    )
    awards, criteria = {}, list(contest.criteria.all())
    for told in row["entries"]:
        entry = commands.enter_contest(
            contest=contest,
            work_unit=stage.units[told["unit"]],
            title=told["title"],
            text=told["text"],
            by=SYSTEM,
            now=opened + DAY,
            id=fixed_id("entry", told["title"]),
        )
        for judge, points in enumerate(told["scores"], start=1):
            given = dict(zip(criteria, points, strict=True))
            commands.write_scores(entry=entry, judge=judge, points=given, by=SYSTEM, now=_at(stage, row["closes"] - 2))
        awards[entry.pk] = told["award"]
    now = _at(stage, row["published"])
    commands.shortlist(contest=contest, entries=list(awards), by=SYSTEM, now=now)
    commands.publish_contest(contest=contest, awards=awards, by=SYSTEM, now=now)


def _desk(stage: Stage) -> Actor:
    return stage.actor(f"desk:{councils()['community']}")


def _at(stage: Stage, days: int) -> datetime:
    return stage.at(stage.today - days * DAY, "10:00")
