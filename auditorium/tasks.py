"""What Celery runs for the hall: each task takes ids, calls the domain, and holds no rule of its own."""

from __future__ import annotations

from celery import shared_task

from auditorium.domain import alerts, delivery, escalation, figures, polling, replies, retention
from auditorium.domain.library import covers
from auditorium.domain.library.lending import asking
from auditorium.domain.library.packages import jobs


@shared_task(name="auditorium.sweep_outbox")
def sweep_outbox() -> None:
    """Send what is due; see `delivery.sweep`."""
    delivery.sweep()


@shared_task(name="auditorium.poll_lines")
def poll_lines() -> None:
    """Ask providers for receipts and answers; see `polling.poll`."""
    polling.poll()


@shared_task(name="auditorium.count_texts")
def count_texts() -> None:
    """Count what was written today and yesterday; see `figures.count_recent`."""
    figures.count_recent()


@shared_task(name="auditorium.count_changing_days")
def count_changing_days() -> None:
    """Count every day anew that receipts may have changed; see `figures.count_changing`."""
    figures.count_changing()


@shared_task(name="auditorium.escalate_follow_ups")
def escalate_follow_ups() -> None:
    """Hand on the tasks nobody took in time."""
    escalation.escalate_overdue()


@shared_task(name="auditorium.act_on_replies")
def act_on_replies() -> None:
    """Carry out the cancellations asked for by text whose time has come; see `replies.sweep`."""
    replies.sweep()


@shared_task(name="auditorium.tell_operators")
def tell_operators() -> None:
    """Tell the operators which lines stopped; see `alerts.tell`."""
    alerts.tell()


@shared_task(name="auditorium.keep_house")
def keep_house() -> None:
    """Drop what is not kept for ever; see `retention.keep_house`."""
    retention.keep_house()


@shared_task(name="auditorium.run_packages")
def run_packages() -> None:
    """Make and take in the library's packages; see `jobs.run_waiting`."""
    jobs.run_waiting()


@shared_task(name="auditorium.make_covers")
def make_covers() -> None:
    """Look into new files; see `covers.make`."""
    covers.make()


@shared_task(name="auditorium.ask_for_books")
def ask_for_books() -> None:
    """Have somebody ask for books that are not back; see `asking.ask_for_overdue`."""
    asking.ask_for_overdue()
