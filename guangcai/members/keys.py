"""The derived columns of a person, set in one place: stored phone, its blind indexes, pinyin keys, slip numbers."""

from django.utils.crypto import salted_hmac

from guangcai.core.crypto import blind_index
from guangcai.core.phones import last_four, normalise
from guangcai.core.pinyin import name_keys
from guangcai.members.models.person import PHONE_PURPOSE, PHONE_TAIL_PURPOSE, Member

# No letters or digits that are taken for one another when read aloud.
SLIP_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
SLIP_LENGTH = 6


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
    rename(member)


def rename(member: Member) -> None:
    """Set the columns derived from the name. Does not save."""
    member.name_pinyin, member.name_initials, member.name_sort = name_keys(member.name)


def slip_no(community_id: int, phone_index: str) -> str:
    """The number on a slip that waits: made of community and phone, so that sending again gives the same number,
    whether or not the phone was known."""
    digest = salted_hmac("guangcai.members.slip", f"{community_id}|{phone_index}", algorithm="sha256").digest()
    return "".join(SLIP_LETTERS[byte % len(SLIP_LETTERS)] for byte in digest[:SLIP_LENGTH])


def launch_code(slip_id: object) -> str:
    """The six digits printed on one person's invitation to a launch day: proof that he holds it."""
    digest = salted_hmac("guangcai.members.launch", str(slip_id), algorithm="sha256").digest()
    return f"{int.from_bytes(digest[:8], 'big') % 1_000_000:06d}"
