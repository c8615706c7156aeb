"""What the resident's page reads: communities with a desk, what can be asked there, one case as its asker sees it."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from guangcai.cases.enums import CaseState, StateType
from guangcai.cases.forms import offered
from guangcai.cases.models import Case, Item
from guangcai.cases.queries.life import public_life_of
from guangcai.cases.rules import MOVES, OF_ASKER
from guangcai.core.screens import TimelineItem
from guangcai.core.templatetags.core import moment
from guangcai.orgs.models import Grant, Node
from guangcai.orgs.roles import Role
