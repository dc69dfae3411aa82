"""Rooms and what is held in them."""
