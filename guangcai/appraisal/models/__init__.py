"""Tables of quarterly feedback (A50) and annual appraisal (A51)."""

from guangcai.appraisal.models.appraisal import Appraisal, AppraisalObjection, DutyElsewhere, Exemption
from guangcai.appraisal.models.feedback import FeedbackLine, FeedbackSheet, QuarterClose

__all__ = [
    "Appraisal",
    "AppraisalObjection",
    "DutyElsewhere",
    "Exemption",
    "FeedbackLine",
    "FeedbackSheet",
    "QuarterClose",
]
