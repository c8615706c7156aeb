"""The world of the guards: the demo district, loaded once, with everybody who may knock at an address.

The demo is the only data set that holds something of everything, made through the commands people use. Its names are
the canaries: a name of 公园 on a screen of 南园 is a leak. Beside its sign-ins stand those whom nobody invites: a
stranger, an account without a role, a closed one, one whose role ended, the machine's administrator, the overseer of
the street next door, the device at the door, a program with the desk's key.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.http import HttpResponse
from django.test import Client

from guangcai.accounts import commands as accounts
from guangcai.accounts import kiosk
from guangcai.accounts.models import KioskSession, User
from guangcai.core.actor import Actor
from guangcai.demo.load import load_demo
from guangcai.demo.signins import SIGN_INS
from guangcai.orgs.commands import end_grant, grant_role
from guangcai.orgs.models import Node
from guangcai.orgs.queries import actor_of
from guangcai.orgs.roles import Role

ANONYMOUS, NOBODY, CLOSED, ENDED, KIOSK, PROGRAM = "anonymous", "nobody", "closed", "ended", "kiosk", "program"
SYSTEM, OVERSEER_NEXT_DOOR = "system", "overseer_next_door"
# Who holds no right at all, whatever the door he comes through.
POWERLESS = (ANONYMOUS, NOBODY, CLOSED, ENDED)
# Who acts in somebody else's name.
IN_THE_NAME_OF = {KIOSK: "desk", PROGRAM: "desk"}


@dataclass
class World:
    """`community` owns the objects that addresses are filled with; everybody else is next door to it."""

    now: datetime
    community: Node
    users: dict[str, User] = field(default_factory=dict)
    kiosk: KioskSession | None = None
    key: str = ""

    @property
    def actors(self) -> list[str]:
        return [ANONYMOUS, KIOSK, PROGRAM, *self.users]

    def actor(self, name: str) -> Actor:
        """The actor behind a name, with the grants of this day."""
        user = self.users.get(IN_THE_NAME_OF.get(name, name))
        return actor_of(user_id=user.pk, member_id=user.member_id, on=self.now.date()) if user else Actor()

    def browser(self, name: str, *, checks_csrf: bool = False) -> Client:
        """What that actor holds in hands: a browser with his session, the kiosk's cookie, a program's key."""
        browser = Client(raise_request_exception=False, enforce_csrf_checks=checks_csrf)
        if name == KIOSK:
            assert self.kiosk is not None
            given = kiosk.give_to_device(HttpResponse(), self.kiosk)
            browser.cookies[kiosk.COOKIE] = given.cookies[kiosk.COOKIE].value
        elif name == PROGRAM:
            browser.defaults["HTTP_AUTHORIZATION"] = f"Bearer {self.key}"
        elif name != ANONYMOUS:
            browser.force_login(self.users[name])
        return browser


def make_world(now: datetime) -> World:
    """Load the demo and add those who have no sign-in of their own there."""
    load_demo(now=now, advance=lambda steps=1, *, of=None: None)
    world = World(now=now, community=Node.objects.get(name="南园", level="community"))
    for person in SIGN_INS:
        world.users[person.key] = User.objects.with_phone(person.phone).get()
    _add_the_uninvited(world)
    desk, actor = world.users["desk"], world.actor("desk")
    node = world.community
    world.kiosk = accounts.start_kiosk(node_id=node.pk, path=node.path, place=node.name, pin="4071", by=actor, now=now)
    token, world.key = accounts.add_token(user=desk, label="guard", by=actor, now=now)
    accounts.note_use(token=token, on=now.date())
    return world


def _add_the_uninvited(world: World) -> None:
    now, by = world.now, Actor.system()
    district, street = Node.objects.get(level="district"), Node.objects.get(name="建设街道")
    for number, name in enumerate((NOBODY, CLOSED, ENDED, SYSTEM, OVERSEER_NEXT_DOOR)):
        phone = f"1380000999{number}"
        world.users[name] = accounts.add_user(name=name, phone=phone, password=None, by=by, now=now)
    role = Role.COMMUNITY_SECRETARY
    held = grant_role(user=world.users[ENDED], role=role, node=world.community, by=by, now=now)
    end_grant(grant=held, reason="moved", by=by, now=now)
    grant_role(user=world.users[CLOSED], role=role, node=world.community, by=by, now=now)
    accounts.close_user(user=world.users[CLOSED], by=by, now=now)
    grant_role(user=world.users[SYSTEM], role=Role.SYSTEM_ADMINISTRATOR, node=district, by=by, now=now)
    grant_role(user=world.users[OVERSEER_NEXT_DOOR], role=Role.STREET_OVERSEER, node=street, by=by, now=now)
