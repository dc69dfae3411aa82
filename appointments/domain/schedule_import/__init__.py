"""Hospitals' schedules from spreadsheets: read, checked, compared with what is stored, brought in, handed back."""
