"""One story per matter: rooms that stand side by side tell what they keep of it, and put what they make to it.

One room keeps matters (proposals, by councils). A room whose facts can belong to one says how they are told; a form
that makes such a fact asks which matter it is for. Each registers once at start (AppConfig.ready):

    matters.tell("booking", matters.Teller(seen=..., public=...))
    matters.keep(matters.Keeper(open_to=..., put=..., holds=...))
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from guangcai.core.actor import Actor
from guangcai.core.once import other_content
from guangcai.core.screens import TimelineItem

# The key of a fact, and one thing that happened to it.
Told = tuple[UUID, TimelineItem]


class Line(NamedTuple):
    """One thing that happened to a fact, and whether the reader sees the fact itself or what everybody reads of it."""

    key: UUID
    item: TimelineItem
    is_seen: bool


def nothing(_keys: Collection[UUID]) -> Iterable[Told]:
    """Of this kind anybody may read nothing."""
    return ()


@dataclass(frozen=True)
class Teller:
    """How the facts of one kind are told, in a fixed number of statements.

    seen: those the actor may see. public: what anybody may read of each, without a person in it and without an address.
    """

    seen: Callable[[Collection[UUID], Actor], Iterable[Told]]
    public: Callable[[Collection[UUID]], Iterable[Told]] = nothing


@dataclass(frozen=True)
class Keeper:
    """The room that keeps matters.

    open_to: the matters something can be put to, with their titles, as far as the actor runs them. put: has a fact
    (kind, key, words) belong to a matter, harmless twice; raises OutOfScope. holds: whether it does.
    """

    open_to: Callable[[Actor], Iterable[tuple[UUID, str]]]
    put: Callable[[UUID, str, UUID, str, Actor, datetime], object]
    holds: Callable[[UUID, str, UUID], bool]


_tellers: dict[str, Teller] = {}
_keepers: list[Keeper] = []


def tell(kind: str, teller: Teller) -> None:
    """Register how facts of `kind` are told."""
    _tellers[kind] = teller


def keep(keeper: Keeper) -> None:
    """Register the room that keeps matters; there is one."""
    _keepers[:] = [keeper]


def story(facts: Mapping[str, Collection[UUID]], actor: Actor | None) -> list[Line]:
    """What happened to these facts (kind -> keys): all of it where the actor may see the fact, else what is public.

    Without an actor what is public. A kind nobody tells is left out. The number of statements depends on the kinds
    only.
    """
    told: list[Line] = []
    for kind, keys in facts.items():
        teller = _tellers.get(kind)
        if teller is None or not keys:
            continue
        seen = [Line(key, item, True) for key, item in teller.seen(keys, actor)] if actor else []
        if hidden := set(keys) - {line.key for line in seen}:
            seen += [Line(key, item, False) for key, item in teller.public(hidden)]
        told += seen
    return told


def put(matter: UUID | None, *, kind: str, target: UUID, words: str, by: Actor, now: datetime) -> None:
    """Inside the command that makes the fact: it belongs to the matter from now on. None: to no matter."""
    for keeper in _keepers if matter else ():
        assert matter is not None
        keeper.put(matter, kind, target, words, by, now)


def check_same(matter: UUID | None, *, kind: str, target: UUID) -> None:
    """Raises Conflict when a fact that is sent again names a matter it was not put to."""
    if matter and not any(keeper.holds(matter, kind, target) for keeper in _keepers):
        raise other_content()


class MatterField(forms.TypedChoiceField):
    """Which proposal it is for; see `offer`."""

    def __init__(self) -> None:
        super().__init__(
            label=_("For which proposal"),
            required=False,
            coerce=UUID,
            empty_value=None,
            help_text=_("It then stands in the story of the proposal."),
        )


def offer(form: forms.Form, actor: Actor, *, chosen: str = "", name: str = "matter") -> None:
    """Fill the form's MatterField with what the actor can put something to; without any it goes. One statement."""
    rows = [(str(key), title) for keeper in _keepers for key, title in keeper.open_to(actor)]
    if not rows:
        del form.fields[name]
        return
    form.fields[name].choices = [("", "---------"), *rows]  # type: ignore[attr-defined]
    form.initial.setdefault(name, chosen)
