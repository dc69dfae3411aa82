"""What Celery runs for bookings: each task calls the domain and holds no rule of its own."""

from __future__ import annotations

from celery import shared_task

from appointments.domain import attendance, offers, revisits, schedules, suspensions, turns, wishes


@shared_task(name="appointments.serve_queues")
def serve_queues() -> None:
    """Pass on the offers whose time is over; give what is released to who wished for it, what is free to who waits."""
    offers.lapse_overdue()
    wishes.serve_due()
    turns.serve_waitlists()


@shared_task(name="appointments.settle_suspensions")
def settle_suspensions() -> None:
    """Go on telling whoever has a place in a suspended session."""
    suspensions.settle_all()


@shared_task(name="appointments.close_days")
def close_days() -> None:
    """What a day brings: visits nobody marked, queues that came to nothing, and who is to come back to the doctor."""
    attendance.close_days()
    turns.clear_over()
    revisits.come_due()


@shared_task(name="appointments.open_schedules")
def open_schedules() -> None:
    """Open what the weekly templates have up to the window and a week more."""
    schedules.open_ahead(by=None)
