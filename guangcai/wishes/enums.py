"""Closed lists of wishes, gifts and aid. Codes are stored: never rename one."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class WishState(models.TextChoices):
    """How far a wish has come: one column, moved by commands.moves alone, with a step for every change."""

    COLLECTED = "collected", pgettext_lazy("wish", "Collected")
    VERIFIED = "verified", pgettext_lazy("wish", "Verified")
    PUBLISHED = "published", pgettext_lazy("wish", "Waiting for somebody")
    CLAIMED = "claimed", pgettext_lazy("wish", "Taken on")
    FULFILLED = "fulfilled", pgettext_lazy("wish", "Fulfilled, the wisher is asked")
    CONFIRMED = "confirmed", pgettext_lazy("wish", "Come true")
    ENDED = "ended", pgettext_lazy("wish", "Ended")


class WishChannel(models.TextChoices):
    """How a wish was collected."""

    VISIT = "visit", pgettext_lazy("wish", "At a visit")
    BOX = "box", pgettext_lazy("wish", "From the wish box")
    CARD = "card", pgettext_lazy("wish", "On a wish card")
    COUNTER = "counter", pgettext_lazy("wish", "At the counter or by phone")
    ONLINE = "online", pgettext_lazy("wish", "On the page of the community")


class WishEnd(models.TextChoices):
    """Why a wish ended without coming true. The wisher is told in a sentence of its own."""

    TOO_LARGE = "too_large", _("Too large for one or a few people")
    NOT_FEASIBLE = "not_feasible", _("Cannot be done")
    NOT_OURS = "not_ours", _("Belongs to another office")
    DUPLICATE = "duplicate", _("Is already on the list")
    WITHDRAWN = "withdrawn", _("The wisher took it back")
    MET = "met", _("Came true in another way")
    UNREACHABLE = "unreachable", _("The wisher can no longer be reached")


# What the desk may answer when it looks at a wish first, and later on.
AT_FIRST_LOOK = (WishEnd.TOO_LARGE, WishEnd.NOT_FEASIBLE, WishEnd.NOT_OURS, WishEnd.DUPLICATE, WishEnd.WITHDRAWN)
LATER = (WishEnd.WITHDRAWN, WishEnd.MET, WishEnd.NOT_FEASIBLE, WishEnd.DUPLICATE, WishEnd.UNREACHABLE)


class WishClaimEnd(models.TextChoices):
    """Why a claim to a wish ended: the reasons of every commitment, and what only a wish has."""

    OWN_WISH = "own_wish", _("No longer wishes to")
    NO_TIME = "no_time", _("No time at present")
    HEALTH = "health", _("Health")
    MOVED = "moved", _("Moved away")
    TERM_OVER = "term_over", _("The term is over")
    NOT_NEEDED = "not_needed", _("No longer needed")
    UNFIT = "unfit", _("Does not fit the conditions")
    AGREED = "agreed", _("By agreement of both sides")
    HANDED_OVER = "handed_over", _("Handed over to somebody else")
    MERGED = "merged", _("Two records of one person were merged")
    CAME_TRUE = "came_true", _("The wish has come true")
    WISH_ENDED = "wish_ended", _("The wish has ended")


class Said(models.TextChoices):
    """By which way the wisher spoke."""

    CODE = "code", pgettext_lazy("wish", "With the code")
    DESK = "desk", pgettext_lazy("wish", "To the community desk")


class GiverKind(models.TextChoices):
    """Who gave: nobody has to say his name."""

    MEMBER = "member", pgettext_lazy("gift", "A member of the roster")
    NAMED = "named", pgettext_lazy("gift", "Somebody else, by name")
    ANONYMOUS = "anonymous", pgettext_lazy("gift", "Without a name")


class GiftForm(models.TextChoices):
    """Money or goods."""

    MONEY = "money", pgettext_lazy("gift", "Money")
    GOODS = "goods", pgettext_lazy("gift", "Goods")
