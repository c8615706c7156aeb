"""Members as programs send and read them. The phone is masked, the address inside the building is not given out."""

from datetime import date
from uuid import UUID

from pydantic import Field

from guangcai.api.fields import Body, Day, Key, Named, Place, Shown, Yes, line, number, words
from guangcai.api.paging import Paged
from guangcai.members.enums import Gender, MemberCategory, MemberType


class MembersAsked(Paged):
    """q: name, pinyin, initials, last four digits or a whole phone. community: its code."""

    q: words(60) = ""  # type: ignore[valid-type]
    community: words(40) = ""  # type: ignore[valid-type]


class SkillShown(Shown):
    """Something a member can do. certificate: "" when none is on record."""

    code: str
    name: str
    certificate: str
    expires_on: date | None


class IntentionShown(Shown):
    """A kind of service a member offers, and when it suits."""

    code: str = Field(description="Code of the kind of service.")
    name: str
    times: list[str] = Field(description="Parts of the week, `weekday_evening`; none: not said.")


class MemberShown(Shown):
    """A member of the roster."""

    id: UUID
    name: str
    gender: str
    birth_date: date | None
    joined_party_on: date | None
    member_type: str
    category: str
    occupation: str | None = Field(description="Code of the occupation.")
    job_title: str
    phone: str = Field(description="Masked.")
    community: Place | None
    building: Place | None
    work_unit: Named | None
    last_contact_on: date | None
    has_account: bool
    skills: list[SkillShown]
    intentions: list[IntentionShown]


class MemberPage(Shown):
    rows: list[MemberShown]
    next: str | None


class MemberChanges(Body):
    """Fields of the register; what is left out stays as it is."""

    name: line(60, least=1) = None  # type: ignore[valid-type]
    gender: Gender | None = None
    birth_date: Day | None = None
    joined_party_on: Day | None = None
    member_type: MemberType = None  # type: ignore[assignment]
    category: MemberCategory | None = None
    national_volunteer_no: line(40) = ""  # type: ignore[valid-type]
    occupation: line(30, least=1) | None = None  # type: ignore[valid-type]
    job_title: line(60) = ""  # type: ignore[valid-type]
    phone: line(40) = ""  # type: ignore[valid-type]
    address: line(120) = ""  # type: ignore[valid-type]


class MemberNew(MemberChanges):
    """A person for the roster of a community. id: made by the program; sent again it is the same person."""

    id: Key | None = None
    community: line(40, least=1) = Field(description="Code of the community.")  # type: ignore[valid-type]
    building: line(40, least=1) | None = Field(None, description="Code of the building.")  # type: ignore[valid-type]
    work_unit: number(1, 2**53) | None = None  # type: ignore[valid-type]
    name: line(60, least=1)  # type: ignore[valid-type]
    member_type: MemberType = MemberType.IN_SERVICE
    has_consented: Yes = False
