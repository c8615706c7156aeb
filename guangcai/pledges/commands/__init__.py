"""Everything that writes pledges. One function per verb."""

from guangcai.pledges.commands.checklists import mark_checklist, withdraw_checklist_mark
from guangcai.pledges.commands.pledges import Content, end_over, end_pledge, make_pledge, mark_done, withdraw_mark
from guangcai.pledges.commands.reviews import answer_review, review, review_fulfilled
from guangcai.pledges.commands.templates import add_template, add_version, load_pledge_templates, right_to_write

__all__ = [
    "Content",
    "add_template",
    "add_version",
    "answer_review",
    "end_over",
    "end_pledge",
    "load_pledge_templates",
    "make_pledge",
    "mark_checklist",
    "mark_done",
    "review",
    "review_fulfilled",
    "right_to_write",
    "withdraw_checklist_mark",
    "withdraw_mark",
]
