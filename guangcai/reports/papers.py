"""Every form as a paper: facts, tables and lines to sign, from rows that are there already; nothing is typed twice.

One shape serves them all, so that a whole community is set by typst in one go. Word: one member's papers by
print/papers.docx.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from guangcai.core import documents
from guangcai.core.phones import mask
from guangcai.core.units import hours
from guangcai.ledger.rules import BOOKLET_TITLES
from guangcai.pledges.papers import line_words
from guangcai.reports.enums import FormCode
from guangcai.reports.people import CommunityFacts, PersonFacts


@dataclass(frozen=True)
class Table:
    columns: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class Paper:
    """One form as it is printed. facts: pairs of name and value."""

    title: str
    subtitle: str
    facts: list[list[str]]
    tables: list[Table]
    signatures: list[str]


def _day(value: date | None) -> str:
    return date_format(value, "DATE_FORMAT") if value else ""


def _registration(person: PersonFacts, year: int) -> Paper:
    """社区党员登记表 (A45): the five groups of the register (A03) and the links."""
    member = person.member
    facts = [
        [_("Name"), member.name],
        [_("Sex"), str(member.get_gender_display())],
        [_("Date of birth"), _day(member.birth_date)],
        [_("Joined the Party on"), _day(member.joined_party_on)],
        [_("Type"), str(member.get_member_type_display())],
        [_("Category"), str(member.get_category_display())],
        [_("Occupation"), str(member.occupation or "")],
        [_("Post at work"), member.job_title],
        [_("Work unit"), person.work_unit],
        [_("Party organisation"), person.party_organisation],
        [_("Community"), str(member.community or "")],
        [_("Building"), str(member.building or "")],
        [_("Phone"), mask(member.phone)],
        [_("Reported in on"), _day(person.reported_in_on)],
        [_("Skills"), " ".join(person.skills)],
        [_("Service intentions"), " ".join(person.intentions)],
    ]
    signatures = [_("Member"), pgettext("form", "Party organisation of the community (seal)"), _("Date")]
    return Paper(str(FormCode.REGISTRATION.label), "", facts, [], signatures)


def _booklet(person: PersonFacts, year: int) -> Paper:
    """服务活动记实 (A44, A48): the booklet of the member's type."""
    columns = [_("Date"), _("Activity"), _("Content of service"), _("Place"), _("Hours"), _("Deeds")]
    rows = [
        [e.served_on.isoformat(), e.activity_name, e.content, e.place, hours(e.minutes), str(e.deeds)]
        for e in person.entries
    ]
    facts = [
        *_who(person),
        [_("Confirmed hours"), hours(sum(e.minutes for e in person.entries))],
        [_("Deeds"), str(sum(e.deeds for e in person.entries))],
    ]
    title = str(BOOKLET_TITLES[person.member.member_type])
    return Paper(title, str(year), facts, [Table(columns, rows)], [_("Member"), _("Secretary")])


def _commitments(person: PersonFacts, year: int) -> Paper:
    """承诺书、认岗: what the member has taken on (A08, A57)."""
    posts = [[c.post.title, c.post.place, _day(c.held_since), str(c.state.label)] for c in person.claims]
    pledges = [
        [p.template.name, "\n".join(line_words(line) for line in p.lines.all()), _day(p.until)] for p in person.pledges
    ]
    tables = [
        Table([pgettext("post", "Post"), _("Place"), _("Since"), _("State")], posts),
        Table(
            [pgettext("menu", "Pledge"), pgettext("pledge", "What is pledged"), pgettext("pledge", "By which day")],
            pledges,
        ),
    ]
    return Paper(str(FormCode.COMMITMENTS.label), str(year), _who(person), tables, [_("Member"), _("Secretary")])


def _feedback(person: PersonFacts, year: int) -> Paper:
    """季度反馈 (A50): the member's lines of the year, as they were sent to his unit."""
    columns = [_("Quarter"), _("Work unit"), _("Hours"), _("Deeds"), _("Services"), _("Kinds of service")]
    rows = [
        [
            line.sheet.quarter,
            line.sheet.work_unit.name,
            hours(line.minutes),
            str(line.deeds),
            str(line.services),
            line.posts,
        ]
        for line in person.feedback
    ]
    return Paper(str(FormCode.FEEDBACK.label), str(year), _who(person), [Table(columns, rows)], [])


def _appraisal(person: PersonFacts, year: int) -> Paper:
    """年度评议表 (A51); a draft is printed without its opinion."""
    found = person.appraisal
    facts = _who(person)
    if found is not None:
        opinion = f"{found.get_opinion_display()} {found.opinion_text}".strip() if found.approved_at else ""
        facts += [
            [_("Hours"), f"{hours(found.minutes)} / {hours(found.duty_minutes)}"],
            [_("Deeds"), f"{found.deeds} / {found.duty_deeds}"],
            [_("Duty"), str(found.get_verdict_display())],
            [_("Own words"), found.own_words],
            [_("The community's opinion"), opinion],
        ]
    signatures = [_("Member"), pgettext("form", "Party organisation of the community (seal)")]
    return Paper(str(FormCode.APPRAISAL.label), str(year), facts, [], signatures)


def _who(person: PersonFacts) -> list[list[str]]:
    return [
        [_("Name"), person.member.name],
        [_("Work unit"), person.work_unit],
        [_("Community"), str(person.member.community or "")],
        [_("Building"), str(person.member.building or "")],
    ]


def _register(facts: CommunityFacts) -> Paper:
    """登记册 (A03): the five groups, a line for each."""
    columns = [_("Name"), _("Sex"), _("Date of birth"), _("Type"), _("Occupation"), _("Work unit"), _("Skills")]
    columns += [_("Phone"), _("Service intentions")]
    rows = [
        [
            r.name,
            r.gender,
            _iso(r.birth_date),
            r.member_type,
            r.occupation,
            r.work_unit,
            r.skills,
            r.phone,
            r.intentions,
        ]
        for r in facts.register
    ]
    return _listed(FormCode.REGISTER, facts, columns, rows)


def _name_list(facts: CommunityFacts) -> Paper:
    """党员花名册."""
    columns = [_("Name"), _("Sex"), _("Date of birth"), _("Joined the Party on"), _("Work unit"), _("Building")]
    rows = [
        [r.name, r.gender, _iso(r.birth_date), _iso(r.joined_party_on), r.work_unit, r.building] for r in facts.register
    ]
    return _listed(FormCode.NAME_LIST, facts, columns, rows)


def _claims(facts: CommunityFacts) -> Paper:
    """设岗定责: posts and who holds them (A08)."""
    columns = [pgettext("post", "Post"), _("Place"), _("Name"), _("Since"), _("State")]
    rows = [[c.post.title, c.post.place, c.member.name, _iso(c.held_since), str(c.state.label)] for c in facts.claims]
    return _listed(FormCode.CLAIMS, facts, columns, rows)


def _iso(day: object) -> str:
    return str(day) if day else ""


def _listed(code: FormCode, facts: CommunityFacts, columns: list[str], rows: list[list[str]]) -> Paper:
    return Paper(str(code.label), facts.community, [], [Table(columns, rows)], [])


OF_MEMBER: dict[FormCode, Callable[[PersonFacts, int], Paper]] = {
    FormCode.REGISTRATION: _registration,
    FormCode.BOOKLET: _booklet,
    FormCode.COMMITMENTS: _commitments,
    FormCode.FEEDBACK: _feedback,
    FormCode.APPRAISAL: _appraisal,
}
OF_COMMUNITY: dict[FormCode, Callable[[CommunityFacts], Paper]] = {
    FormCode.REGISTER: _register,
    FormCode.NAME_LIST: _name_list,
    FormCode.CLAIMS: _claims,
}


def papers_of(person: PersonFacts, codes: Sequence[FormCode], *, year: int) -> list[Paper]:
    """The member's papers among `codes`, in their order; in Chinese, whatever language the screen has."""
    with override(settings.LANGUAGE_CODE):
        return [OF_MEMBER[code](person, year) for code in codes if code in OF_MEMBER]


def papers_for(facts: CommunityFacts, codes: Sequence[FormCode]) -> list[Paper]:
    """The community's own papers among `codes`."""
    with override(settings.LANGUAGE_CODE):
        return [OF_COMMUNITY[code](facts) for code in codes if code in OF_COMMUNITY]


def as_pdf(papers: Sequence[Paper], *, now: datetime) -> bytes:
    """All of them in one PDF, each beginning on a page of its own."""
    with override(settings.LANGUAGE_CODE):
        words = {
            "papers": [asdict(paper) for paper in papers],
            "nothing": _("Nothing on record."),
            "printed": _("Printed on %(day)s from records on file.") % {"day": _day(localdate(now))},
        }
    return documents.pdf("reports/papers.typ", words, made_at=now.replace(microsecond=0))


def as_docx(paper: Paper, *, now: datetime) -> bytes:
    """One paper as Word: its facts and tables in one table of rows, to be changed and sealed."""
    with override(settings.LANGUAGE_CODE):
        printed = _("Printed on %(day)s from records on file.") % {"day": _day(localdate(now))}
        title = f"{paper.title} {paper.subtitle}".strip()
        below = [printed, *(f"{name}{_(': ')}________________" for name in paper.signatures)]
        if len(paper.tables) == 1:
            above = [f"{name}{_(': ')}{value}" for name, value in paper.facts]
            table = paper.tables[0]
            return documents.docx_register(title, table.columns, table.rows, lines_above=above, lines_below=below)
        rows = [
            *paper.facts,
            *([" · ".join(t.columns), "\n".join(" · ".join(r) for r in t.rows)] for t in paper.tables),
        ]
        return documents.docx_register(title, [_("Item"), _("Content")], rows, lines_below=below, landscape=False)
