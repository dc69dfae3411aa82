"""The demo's hospitals, clinic sessions and bookings: invented, and new ones for every day it is opened."""
