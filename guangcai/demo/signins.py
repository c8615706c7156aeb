"""Who can sign in to the demo: fixed phones, one password, told everywhere. Only in a database marked demo."""

from dataclasses import dataclass

from guangcai.demo.content import district
from guangcai.orgs.roles import Role

PASSWORD = "guangcai-demo-2026"  # noqa: S105  printed in the README on purpose


@dataclass(frozen=True)
class SignIn:
    """One person of the demo: `place` is the node or work unit the role is held on."""

    key: str
    role: Role
    name: str
    place: str
    phone: str


SIGN_INS = tuple(
    SignIn(key=row["key"], role=Role(row["role"]), name=row["name"], place=row["place"], phone=row["phone"])
    for row in district()["sign_ins"]
)
