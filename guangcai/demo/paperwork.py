"""Two closed quarters with their sheets, and last year's appraisal."""

from datetime import date, timedelta

from guangcai.appraisal.commands import (
    answer_sheet,
    approve_appraisals,
    approve_sheets,
    close_quarter,
    draft_appraisals,
    give_opinion,
    mark_read,
    send_appraisals,
    write_own_words,
)
from guangcai.appraisal.enums import Answer, Opinion
from guangcai.appraisal.models import Appraisal, FeedbackSheet
from guangcai.appraisal.rules import Quarter
from guangcai.demo.content import year
from guangcai.demo.stage import Stage

# The community that has put off approving its newest sheets.
SLOW = 3


def close_quarters(stage: Stage) -> None:
    """The last two quarters that are over; the newest sheets of one community wait for its secretary."""
    communities = list(stage.people)
    for back in (2, 1):
        quarter = _quarter_before(stage.today, back)
        day = quarter.ends_on + timedelta(days=4)
        for place, name in enumerate(communities):
            close_quarter(
                node=stage.nodes[name], quarter=quarter, by=stage.actor(f"desk:{name}"), now=stage.at(day, "15:00")
            )
            if back == 1 and place == SLOW:
                continue
            sheets = list(FeedbackSheet.objects.filter(quarter=str(quarter), community=stage.nodes[name]))
            approve_sheets(
                sheets=sheets, by=stage.actor(f"secretary:{name}"), now=stage.at(day + timedelta(days=2), "09:30")
            )


def units_answer(stage: Stage) -> None:
    """The older quarter is acknowledged but for one sheet that is disputed; the newer ones are still to be read."""
    older = _quarter_before(stage.today, 2)
    now = stage.at(older.ends_on + timedelta(days=12), "11:00")
    disputed = stage.users["liaison_next_door"], stage.own.name
    for key in ("liaison", "liaison_next_door"):
        by = stage.actor(key)
        sheets = FeedbackSheet.objects.visible_to(by).filter(quarter=str(older)).select_related("community")
        for sheet in sheets.order_by("number"):
            is_disputed = (stage.users[key], sheet.community.name) == disputed
            answer = Answer.DISPUTED if is_disputed else Answer.ACKNOWLEDGED
            mark_read(sheet=sheet, by=by, now=now)
            answer_sheet(sheet=sheet, answer=answer, text=year()["dispute"] * is_disputed, by=by, now=now)


def appraise(stage: Stage) -> None:
    """The year before: drafted, spoken to, approved and sent; this year so far: a draft."""
    own = stage.person(stage.users["member"].name).member
    community, last_year, words = stage.own, stage.today.year - 1, year()
    desk, secretary = stage.actor("desk"), stage.actor("secretary")
    drafted_at = stage.at(date(stage.today.year, 1, 10), "10:00")
    if stage.launch.year == last_year:
        draft_appraisals(node=community, year=last_year, by=desk, now=drafted_at)
        drafts = Appraisal.objects.filter(community=community, year=last_year)
        for draft in drafts:
            opinion = Opinion.ACTIVE if draft.deeds else Opinion.LITTLE
            give_opinion(
                appraisal=draft,
                opinion=opinion,
                by=desk,
                now=drafted_at,
                text=words["opinion_text"] * bool(draft.deeds),
            )
        mine = drafts.filter(member=own).first()
        if mine:
            write_own_words(appraisal=mine, text=words["own_words"], by=stage.actor("member"), now=drafted_at)
        approved_at = stage.at(date(stage.today.year, 1, 20), "10:00")
        approve_appraisals(appraisals=list(drafts.all()), by=secretary, now=approved_at)
        send_appraisals(
            appraisals=list(drafts.all()), by=secretary, now=min(approved_at + timedelta(hours=1), stage.now)
        )
    draft_appraisals(node=community, year=stage.today.year, by=desk, now=stage.now - timedelta(hours=2))


def _quarter_before(today: date, back: int) -> Quarter:
    """The quarter that ended `back` quarters ago."""
    number = today.year * 4 + (today.month - 1) // 3 - back
    return Quarter.parse(f"{number // 4}Q{number % 4 + 1}")
