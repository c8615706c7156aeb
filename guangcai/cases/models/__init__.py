"""What cases keep: the catalogue, technicians, cases, their steps, and apart from them the askers."""

from guangcai.cases.models.asker import Asker
from guangcai.cases.models.case import Case, CaseQuerySet
from guangcai.cases.models.catalogue import Category, Item, ItemQuerySet
from guangcai.cases.models.listener import Listener
from guangcai.cases.models.photo import CasePhoto, CasePhotoQuerySet
from guangcai.cases.models.step import CaseStep, StepNote
from guangcai.cases.models.technician import RotaHours, Technician, TechnicianQuerySet, TechnicianSkill

__all__ = [
    "Asker",
    "Case",
    "CasePhoto",
    "CasePhotoQuerySet",
    "CaseQuerySet",
    "CaseStep",
    "Category",
    "Item",
    "ItemQuerySet",
    "Listener",
    "RotaHours",
    "StepNote",
    "Technician",
    "TechnicianQuerySet",
    "TechnicianSkill",
]
