"""Screens of feedback and appraisal, one file per audience and matter."""
