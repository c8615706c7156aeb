"""Pages of the roster, by audience: desk, person page, door, launch day, the member, the unit."""
