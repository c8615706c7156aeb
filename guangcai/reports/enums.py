"""The forms the program can print. A closed list; codes are stored: never rename one."""

from django.db import models
from django.utils.translation import pgettext_lazy


class FormCode(models.TextChoices):
    """Papers over existing records: nothing is typed for them."""

    REGISTRATION = "registration", pgettext_lazy("form", "Member registration form")
    BOOKLET = "booklet", pgettext_lazy("form", "Record booklet of the year")
    COMMITMENTS = "commitments", pgettext_lazy("form", "Posts and pledges of the member")
    FEEDBACK = "feedback", pgettext_lazy("form", "Quarterly feedback of the member")
    APPRAISAL = "appraisal", pgettext_lazy("form", "Annual appraisal form")
    REGISTER = "register", pgettext_lazy("form", "Register of the community")
    NAME_LIST = "name_list", pgettext_lazy("form", "List of members")
    CLAIMS = "claims", pgettext_lazy("form", "List of posts and who holds them")


# One for the whole community; the others are one for each member.
OF_COMMUNITY = frozenset({FormCode.REGISTER, FormCode.NAME_LIST, FormCode.CLAIMS})


class Part(models.TextChoices):
    """What a form is in the set: one of the three forms, or the file (A47)."""

    FORM = "form", pgettext_lazy("form", "One of the three forms")
    FILE = "file", pgettext_lazy("form", "The file")
