"""Screens of activities, by audience: desk, phone, on site, kiosk."""
