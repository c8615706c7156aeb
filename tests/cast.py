"""The cast: who acts in tests. Next door to each stands one who must see nothing.

南园 and 公园 lie in 东风街道 (站前区); 建设街道 is the street next door.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from allauth.mfa.models import Authenticator

from guangcai.accounts.adapter import SecondFactorAdapter
from guangcai.accounts.models import User
from guangcai.core.actor import Actor
from guangcai.core.ids import new_id
from guangcai.members.enums import Channel, MemberType
from guangcai.members.models import (
    Employment,
    Member,
    Occupation,
    PrivacyNotice,
    Residence,
    ServiceKind,
    SkillKind,
)
from guangcai.orgs.commands import rollup
from guangcai.orgs.enums import Level, PolicyKey, WorkUnitKind
from guangcai.orgs.facts import of_community
from guangcai.orgs.models import Grant, Node, Policy, WorkUnit
from guangcai.orgs.queries import actor_of
from guangcai.orgs.roles import NEEDS_SECOND_FACTOR, Role

SINCE = date(2020, 1, 1)
DISTRICT = "210802"

POLICIES: dict[PolicyKey, dict[str, Any]] = {
    PolicyKey.ANNUAL_DUTY: {"minutes": 960, "deeds": 12},
    PolicyKey.DAILY_LIMIT: {"minutes": 720},
    PolicyKey.RECORDING_DEADLINE: {"working_days": 10},
    PolicyKey.LATE_ARRIVAL: {"hours": 72},
    PolicyKey.SAMPLE_SHARE: {"percent": 5},
    PolicyKey.OFFICE_HOURS: {"start": "08:30", "end": "17:00"},
    PolicyKey.FEEDBACK_DEADLINE: {"working_days": 10},
    PolicyKey.CANCEL_NOTICE: {"hours": 24},
    PolicyKey.LIST_KEPT: {"days": 30},
    PolicyKey.CLAIM_RULE: {"order": "first_come", "days": 0},
    PolicyKey.ZONE_TERM: {"months": 12, "remind_days": 30},
    PolicyKey.HOUSEHOLD_LIMIT: {"households": 5},
    PolicyKey.VISIT_RHYTHM: {"high_days": 7, "key_days": 30, "general_days": 90, "alert_hours": 24},
    PolicyKey.SMALL_COUNT: {"below": 5},
    PolicyKey.MATCH_PLACE: {"stairwell": 0, "building": 5, "compound": 15, "community": 30, "elsewhere": 80},
    PolicyKey.MATCH_FIT: {
        "without_skill": 40,
        "without_certificate": 10,
        "without_time": 25,
        "time_unknown": 8,
        "per_commitment": 6,
        "per_hour_served": 1,
        "hours_counted": 16,
        "candidates": 20,
        "commitments": 6,
    },
    PolicyKey.CASE_TIME: {"response_hours": 24, "solution_days": 7, "notice_days": 5, "answer_days": 7},
    PolicyKey.CASE_RATES: {"response": 30, "solution": 35, "satisfaction": 35},
    PolicyKey.MEETING_RHYTHM: {
        "menu_days": 5,
        "survey_months": 2,
        "joint_months": 3,
        "committee_months": 6,
        "hearing_months": 12,
    },
    PolicyKey.MEDIATION_VISITS: {"first_days": 7, "second_days": 30},
    PolicyKey.LOOK_AT_TIMES: {
        "night_begins": "22:00",
        "night_ends": "06:00",
        "day_minutes": 480,
        "way_minutes": 15,
        "days": 20,
        "month_minutes": 3600,
        "office_times": 4,
    },
    PolicyKey.LOOK_AT_TYPING: {
        "round_run": 5,
        "by_one": 20,
        "late_batch": 10,
        "quick_minutes": 10,
        "same_times": 10,
        "copies": 4,
        "of_one": 6,
        "unseen": 4,
        "at_once": 4,
        "days_later": 60,
    },
    PolicyKey.LOOK_AT_CONTENT: {
        "words": "会议 学习 培训 值班 补录 聚餐 团建 排练",
        "day_deeds": 3,
        "more_minutes": 60,
        "last_months": 2,
        "over_minutes": 120,
    },
}


@dataclass
class Cast:
    """Nodes, units, members, and the users by role. `actor(user)` is that user's actor on the day of the tests."""

    now: datetime
    nodes: dict[str, Node] = field(default_factory=dict)
    units: dict[str, WorkUnit] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        for table in ("users", "nodes", "units", "members"):
            if name in self.__dict__.get(table, {}):
                return self.__dict__[table][name]
        raise AttributeError(name)

    def actor(self, user: User | str) -> Actor:
        found = self.users[user] if isinstance(user, str) else user
        return actor_of(user_id=found.pk, member_id=found.member_id, on=self.now.date())


def make_cast(now: datetime) -> Cast:
    cast = Cast(now=now)
    _make_tree(cast)
    _make_units(cast)
    _make_lists()
    _make_people(cast)
    return cast


def make_node(parent: Node | None, level: Level, code: str, name: str) -> Node:
    node = Node(parent=parent, level=level, code=code, name=name, valid_from=SINCE, path=f"/new-{code}/")
    node.save()
    node.path = f"{parent.path if parent else '/'}{node.pk}/"
    node.save(update_fields=["path"])
    return node


def _make_tree(cast: Cast) -> None:
    nodes = cast.nodes
    nodes["district"] = make_node(None, Level.DISTRICT, "210802", "站前区")
    nodes["street"] = make_node(nodes["district"], Level.STREET, "210802001000", "东风街道")
    nodes["nanyuan"] = make_node(nodes["street"], Level.COMMUNITY, "210802001002", "南园社区")
    nodes["gongyuan"] = make_node(nodes["street"], Level.COMMUNITY, "210802001003", "公园社区")
    nodes["building"] = make_node(nodes["nanyuan"], Level.BUILDING, "210802001002-03", "3号楼")
    nodes["other_street"] = make_node(nodes["district"], Level.STREET, "210802002000", "建设街道")
    nodes["other_community"] = make_node(nodes["other_street"], Level.COMMUNITY, "210802002001", "建设社区")
    rollup.rebuild()
    for key, value in POLICIES.items():
        Policy.objects.create(
            key=key,
            node=nodes["district"],
            path=nodes["district"].path,
            value=value,
            since=SINCE,
            source="A43",
            set_at=cast.now,
        )


def _make_units(cast: Cast) -> None:
    district = cast.nodes["district"]
    for key, name, kind in [
        ("school", "站前区实验小学", WorkUnitKind.SCHOOL),
        ("police_branch", "公安站前分局", WorkUnitKind.POLICE),
    ]:
        cast.units[key] = WorkUnit.objects.create(name=name, kind=kind, node=district, path=district.path)


def _make_lists() -> None:
    """Reference rows, unless a migration or an earlier step has loaded them."""
    for code, name in [("teacher", "教师"), ("police", "公安")]:
        Occupation.objects.get_or_create(code=code, defaults={"name": name})
    for code, name in [("public_safety", "治安巡逻"), ("convenience", "便民服务")]:
        ServiceKind.objects.get_or_create(code=code, defaults={"name": name})
    SkillKind.objects.get_or_create(code="law", defaults={"name": "法律", "needs_certificate": True})
    PrivacyNotice.objects.get_or_create(version="2026-01", defaults={"text": "告知书", "since": date(2026, 1, 1)})


def make_user(cast: Cast, key: str, name: str, phone: str, *, member: Member | None = None) -> User:
    user = User(name=name, created_at=cast.now, member_id=member.pk if member else None)
    user.set_phone(phone)
    user.set_unusable_password()
    user.save()
    cast.users[key] = user
    return user


def grant(user: User, role: Role, *, node: Node | None = None, unit: WorkUnit | None = None) -> Grant:
    path = node.path if node else unit.path if unit else ""
    if role in NEEDS_SECOND_FACTOR:
        protect(user)
    return Grant.objects.create(
        user=user, role=role, node=node, work_unit=unit, path=path, since=SINCE, granted_at=datetime.now(tz=UTC)
    )


def protect(user: User) -> None:
    """A second factor set up earlier: without one these roles are led to set one up and see nothing else."""
    secret = SecondFactorAdapter().encrypt("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": {"secret": secret}})


def make_member(
    cast: Cast, key: str, name: str, phone: str, *, community: Node, unit: WorkUnit, occupation: str = "teacher"
) -> Member:
    """A member with phone, residence and employment, written without the commands under test."""
    from guangcai.members.keys import identify

    member = Member(
        name=name,
        member_type=MemberType.IN_SERVICE,
        occupation=Occupation.objects.get(code=occupation),
        community=community,
        path=community.path,
        district_code=DISTRICT,
        added_at=cast.now,
        is_demo=True,
    )
    identify(member, phone=phone)
    member.save()
    Employment.objects.create(member=member, work_unit=unit, since=SINCE, district_code=DISTRICT)
    Residence.objects.create(
        **of_community(community),
        member=member,
        since=SINCE,
        channel=Channel.DESK,
        receipt_no=f"BD-{new_id().hex[-12:]}",
        accepted_at=cast.now,
    )
    cast.members[key] = member
    return member


def _make_people(cast: Cast) -> None:
    nodes, units = cast.nodes, cast.units
    teacher = make_member(
        cast, "teacher_member", "林晓岚", "13900000101", community=nodes["nanyuan"], unit=units["school"]
    )
    police = make_member(
        cast,
        "police_member",
        "赵海峰",
        "13900000102",
        community=nodes["gongyuan"],
        unit=units["police_branch"],
        occupation="police",
    )
    posts = [
        ("administrator", "区管理员", Role.DISTRICT_ADMINISTRATOR, nodes["district"]),
        ("overseer", "街道督导", Role.STREET_OVERSEER, nodes["street"]),
        ("secretary", "南园书记", Role.COMMUNITY_SECRETARY, nodes["nanyuan"]),
        ("desk", "南园社工", Role.DESK_WORKER, nodes["nanyuan"]),
        ("desk_colleague", "南园社工二", Role.DESK_WORKER, nodes["nanyuan"]),
        ("desk_next_door", "公园社工", Role.DESK_WORKER, nodes["gongyuan"]),
        ("overseer_next_door", "建设督导", Role.STREET_OVERSEER, nodes["other_street"]),
        ("auditor", "审计员", Role.AUDITOR, nodes["district"]),
        ("system", "系统管理员", Role.SYSTEM_ADMINISTRATOR, nodes["district"]),
    ]
    for number, (key, name, role, node) in enumerate(posts):
        grant(make_user(cast, key, name, f"138000001{number:02d}"), role, node=node)
    liaison = make_user(cast, "liaison", "学校联系人", "13800000201")
    grant(liaison, Role.UNIT_LIAISON, unit=units["school"])
    liaison_next_door = make_user(cast, "liaison_next_door", "分局联系人", "13800000202")
    grant(liaison_next_door, Role.UNIT_LIAISON, unit=units["police_branch"])
    grant(make_user(cast, "member", "林晓岚", "13900000101", member=teacher), Role.MEMBER, node=nodes["nanyuan"])
    grant(
        make_user(cast, "member_next_door", "赵海峰", "13900000102", member=police), Role.MEMBER, node=nodes["gongyuan"]
    )
