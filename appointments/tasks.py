"""What Celery runs for bookings: each task calls the domain and holds no rule of its own."""

from __future__ import annotations

from celery import shared_task

from appointments.domain import offers, suspensions, turns


@shared_task(name="appointments.serve_queues")
def serve_queues() -> None:
    """Pass on the offers whose time is over, then give what is free to whoever waits."""
    offers.lapse_overdue()
    turns.serve_waitlists()


@shared_task(name="appointments.settle_suspensions")
def settle_suspensions() -> None:
    """Go on telling whoever has a place in a suspended session."""
    suspensions.settle_all()


@shared_task(name="appointments.close_days")
def close_days() -> None:
    """What a day's end brings: queues that came to nothing."""
    turns.clear_over()
