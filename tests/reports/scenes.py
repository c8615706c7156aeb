"""What residents ask for and what councils promise, a little of each, for the statistics."""

from datetime import datetime, timedelta

from guangcai.cases import commands as cases
from guangcai.cases.enums import CaseChannel
from guangcai.cases.models import Item
from guangcai.core.actor import Actor
from guangcai.councils import commands as councils
from guangcai.councils.enums import BodyKind, Side
from guangcai.mediation import commands as mediation
from guangcai.mediation.enums import PartySide
from guangcai.mediation.models import CauseKind
from guangcai.studios import commands as studios
from guangcai.studios.enums import Way
from guangcai.wishes import commands as wishes
from guangcai.wishes.models import AidKind, AidMeasure
from tests.cast import Cast
from tests.councils.conftest import call, promise, set_up
from tests.studios.conftest import draft as studio_draft
from tests.studios.conftest import fridays, session

DAY = timedelta(days=1)


def asked_and_promised(cast: Cast, now: datetime) -> None:
    """In 南园: a request that was dispatched, a wish, help that was counted, a promise, an agreement."""
    desk = cast.actor("desk")
    wishes.load_wish_lists(by=Actor.system(), now=now)
    cases.load_case_catalogue(by=Actor.system(), now=now)
    item = Item.objects.get(code="newcomer")
    asker = cases.AskerDraft(phone="13922225555")
    draft = cases.CaseDraft(item=item, community=cast.nanyuan, what="办证", channel=CaseChannel.PHONE, asker=asker)
    case = cases.raise_case(draft=draft, by=desk, now=now)
    cases.dispatch(case=case, worker=cases.Worker(member=cast.teacher_member), by=desk, now=now)
    wishes.collect_wish(community=cast.nanyuan, draft=wishes.WishDraft("一副老花镜"), by=desk, now=now)
    helped(cast, desk, now)
    promised(cast, desk, now)
    received(cast, desk, now)
    quarrelled(cast, desk, now)


def quarrelled(cast: Cast, desk: Actor, now: datetime) -> None:
    """Two neighbours and an elder who hears them."""
    mediation.load_causes(by=Actor.system(), now=now)
    elder = mediation.add_mediator(node=cast.nanyuan, draft=mediation.MediatorDraft(name="周大爷"), by=desk, now=now)
    sides = [mediation.PartyDraft(PartySide.FIRST, "甲"), mediation.PartyDraft(PartySide.SECOND, "乙")]
    draft = mediation.MatterDraft(
        community=cast.nanyuan, cause=CauseKind.objects.get(code="noise"), parties=sides, mediators=[elder]
    )
    mediation.open_matter(draft=draft, by=desk, now=now)


def received(cast: Cast, desk: Actor, now: datetime) -> None:
    """A studio that is open: somebody asked, was answered and has a closed request."""
    studios.load_studio_kinds(by=Actor.system(), now=now)
    studio = studios.open_studio(
        community=cast.nanyuan, draft=studio_draft(), repeat=fridays(), by=desk, now=now - 2 * DAY
    )
    shift = session(studio)
    ticket = studios.give_number(shift=shift, wanted=studios.Wanted(Way.DESK), by=desk, now=now)
    studios.call_next(shift=shift, counter=1, by=desk, now=now)
    note = studios.ReceptionNote(Item.objects.get(code="law"), "租房纠纷", "留好凭据", is_final=True)
    studios.note_reception(ticket=ticket, note=note, by=desk, now=now)


def helped(cast: Cast, desk: Actor, now: datetime) -> None:
    """Enough to be told as a number: fewer than five is a band."""
    kind, since = AidKind.objects.first(), now.date() - 30 * DAY
    programme = wishes.add_programme(
        community=cast.nanyuan, kind=kind, title="就业援助", run_by="劳动站", since=since, by=desk, now=now
    )
    measure = AidMeasure.objects.first()
    wishes.note_outcome(
        programme=programme, measure=measure, on=now.date() - DAY, count=12, source="台账", by=desk, now=now
    )


def promised(cast: Cast, desk: Actor, now: datetime) -> None:
    body = set_up(cast.nanyuan, BodyKind.JOINT, "联席会", desk, now, on=now.date() - 10 * DAY)
    told = councils.ProposalDraft("加装扶手", "楼道没有扶手。", cast.teacher_member)
    row = councils.raise_proposal(community=cast.nanyuan, draft=told, by=cast.actor("member"), now=now)
    row = councils.screen_proposal(proposal=row, accepts=True, note="", by=desk, now=now)
    row = councils.table_proposal(proposal=row, meeting=call(body, desk, now), by=desk, now=now)
    promise(row, cast, cast.actor("liaison"), now)
    items = [councils.ItemDraft(Side.UNIT, "讲课", 4, "次"), councils.ItemDraft(Side.COMMUNITY, "护学", 9, "次")]
    draft = councils.AgreementDraft(cast.school, now.date(), now.date() + 300 * DAY, items)
    agreed = councils.draw_up_agreement(community=cast.nanyuan, draft=draft, by=desk, now=now)
    signature = councils.Signature("何静")
    councils.sign_agreement(agreement=agreed, signature=signature, by=cast.actor("liaison"), now=now)
