"""The derived columns of a person, set in one place: stored phone, its blind indexes, pinyin keys."""

from guangcai.core.crypto import blind_index
from guangcai.core.phones import last_four, normalise
from guangcai.core.pinyin import name_keys
from guangcai.members.models.person import PHONE_PURPOSE, PHONE_TAIL_PURPOSE, Member


def phone_key(phone: str) -> str:
    """The blind index by which a phone is looked up; `phone` in any notation, "" for none."""
    return blind_index(normalise(phone), PHONE_PURPOSE) if phone else ""


def phone_tail_key(digits: str) -> str:
    """The blind index of a phone's last four digits."""
    return blind_index(digits, PHONE_TAIL_PURPOSE)


def identify(member: Member, *, phone: str = "") -> None:
    """Set the phone and every column derived from it and from the name. Does not save."""
    stored = normalise(phone) if phone else ""
    member.phone = stored
    member.phone_index = phone_key(stored)
    member.phone_tail_index = phone_tail_key(last_four(stored)) if stored else ""
    keys = name_keys(member.name)
    member.name_pinyin, member.name_initials, member.name_sort = keys
