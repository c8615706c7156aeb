"""Reads of feedback and appraisal."""

from guangcai.appraisal.queries.counts import FeedbackCount, count_duty, count_feedback
from guangcai.appraisal.queries.standing import Standing, standings

__all__ = ["FeedbackCount", "Standing", "count_duty", "count_feedback", "standings"]
