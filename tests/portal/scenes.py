"""A community with something of everything waiting: what home screens are measured with."""

from datetime import timedelta
from typing import Any

from guangcai.activities import commands as activities
from guangcai.activities.models import Shift
from guangcai.appraisal.commands import approve_sheets, close_quarter
from guangcai.appraisal.models import FeedbackSheet
from guangcai.appraisal.rules import Quarter
from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.ledger.commands import raise_objection
from guangcai.members.commands import report_in_submit
from guangcai.members.enums import Channel
from guangcai.members.models import PrivacyNotice
from guangcai.members.slips import SlipForm
from guangcai.portal.commands import add_suggestion
from guangcai.portal.models import Suggestion
from tests.activities.conftest import text
from tests.cast import Cast
from tests.ledger.scenes import SATURDAY, recorded


def shift(cast: Cast, starts_in: timedelta, **other: Any) -> Shift:
    """A published shift of 南园, two hours long."""
    desk, starts_at = cast.actor("desk"), cast.now + starts_in
    activity = activities.add_activity(community=cast.nanyuan, text=text(**other), by=desk, now=cast.now)
    made = activities.add_shift(
        activity=activity, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), places=9, by=desk, now=cast.now
    )
    activities.publish_activity(activity=activity, by=desk, now=min(cast.now, starts_at - timedelta(hours=1)))
    return made


def suggestion(cast: Cast, words: str = "路灯坏了", place: str = "nanyuan") -> Suggestion:
    return add_suggestion(id=new_id(), text=words, place=cast.nodes[place], by=Actor(), now=cast.now)


def slip(cast: Cast, number: int) -> None:
    notice = PrivacyNotice.objects.order_by("-since")[0].version
    form = SlipForm(name="王报到", phone=f"139000009{number:02d}", notice=notice)
    report_in_submit(community=cast.nanyuan, form=form, channel=Channel.PHONE, by=Actor(), now=cast.now)


def one_of_everything(cast: Cast, number: int) -> None:
    """A shift to close, one today, one to come with a sign-up, a slip, an entry, an objection, a suggestion."""
    shift(cast, timedelta(days=-3, hours=number))
    shift(cast, timedelta(hours=1 + number))
    coming = shift(cast, timedelta(days=2 + number))
    activities.sign_up(shift=coming, member=cast.teacher_member, by=cast.actor("member"), now=cast.now)
    shift(cast, timedelta(days=9 + number))
    slip(cast, number)
    entry = recorded(cast, starts_at=SATURDAY + timedelta(hours=3 * number))
    raise_objection(id=new_id(), entry=entry, text="少记了半小时", by=cast.actor("member"), now=cast.now)
    suggestion(cast, f"第{number}条")


def closed_quarter(cast: Cast, quarter: str) -> list[FeedbackSheet]:
    """南园 has closed and approved a quarter."""
    close_quarter(node=cast.nanyuan, quarter=Quarter.parse(quarter), by=cast.actor("desk"), now=cast.now)
    sheets = list(FeedbackSheet.objects.filter(quarter=quarter, community=cast.nanyuan))
    approve_sheets(sheets=sheets, by=cast.actor("secretary"), now=cast.now)
    return sheets
