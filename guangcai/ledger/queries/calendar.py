"""Working days as the district has set them."""

from guangcai.core import workdays


def workday_overrides() -> workdays.Overrides:
    """Days that an office works or does not work against the published calendar."""
    return workdays.NO_OVERRIDES
