"""What Celery runs for the hall: each task takes ids, calls the domain, and holds no rule of its own."""

from __future__ import annotations

from celery import shared_task

from auditorium.domain import alerts, delivery, escalation, polling, replies


@shared_task(name="auditorium.sweep_outbox")
def sweep_outbox() -> None:
    """Send what is due; see `delivery.sweep`."""
    delivery.sweep()


@shared_task(name="auditorium.poll_lines")
def poll_lines() -> None:
    """Ask providers for receipts and answers; see `polling.poll`."""
    polling.poll()


@shared_task(name="auditorium.escalate_follow_ups")
def escalate_follow_ups() -> None:
    """Hand on the tasks nobody took in time."""
    escalation.escalate_overdue()


@shared_task(name="auditorium.act_on_replies")
def act_on_replies() -> None:
    """Carry out the cancellations asked for by text whose time has come; see `replies.sweep`."""
    replies.sweep()


@shared_task(name="auditorium.alert_line_stopped")
def alert_line_stopped(line_id: int) -> None:
    """Tell the operators; see `alerts.line_stopped`."""
    alerts.line_stopped(line_id)
