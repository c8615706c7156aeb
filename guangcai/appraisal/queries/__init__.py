"""Reads of feedback and appraisal."""

from guangcai.appraisal.queries.counts import FeedbackCount, count_duty, count_feedback

__all__ = ["FeedbackCount", "count_duty", "count_feedback"]
