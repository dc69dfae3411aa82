"""What a monitor asks: whether the process lives, and whether everything it needs answers."""

import os
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from kombu.exceptions import OperationalError

from config.celery import app

LATE = timedelta(minutes=15)
"""How long something due may wait before the outbox counts as late; beat sweeps it every 15 seconds."""

BROKER_SECONDS = 2


class NotReadyError(Exception):
    """One thing the desk needs is missing; the message names it and nothing else."""


@never_cache
@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that this process answers. For load balancers: an outage elsewhere must not take every desk down."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """Say whether database, broker and outbox do their work: 200, or 503 with what does not. No personal data."""
    checks: dict[str, Callable[[], object]] = {"database": database, "broker": broker, "outbox_late_seconds": outbox}
    report: dict[str, object] = {}
    ready = True
    for name, check in checks.items():
        try:
            report[name] = check()
        except NotReadyError as error:
            report[name] = str(error)
            ready = False
    late = report["outbox_late_seconds"]
    if isinstance(late, int) and late > LATE.total_seconds():
        ready = False
    return JsonResponse({"ready": ready, **report}, status=200 if ready else 503)


def database() -> str:
    """Return "ok" when the database answers and has every migration."""
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise NotReadyError("migrations missing")
    except DatabaseError as error:
        raise NotReadyError("unreachable") from error
    return "ok"


def broker() -> str:
    """Return "ok" when a task could be handed over now."""
    if not settings.REDIS_URL:
        if not os.access(app.conf.broker_transport_options["data_folder_out"], os.W_OK):
            raise NotReadyError("unreachable")
        return "ok"
    waits = {"socket_connect_timeout": BROKER_SECONDS, "socket_timeout": BROKER_SECONDS}
    try:
        with app.connection_for_write(transport_options={**app.conf.broker_transport_options, **waits}) as link:
            link.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_SECONDS)
    except (OSError, OperationalError) as error:
        raise NotReadyError("unreachable") from error
    return "ok"


def outbox() -> int:
    """Return by how many seconds the oldest thing due has waited."""
    from auditorium.domain.delivery import lateness

    try:
        late = lateness()
    except DatabaseError as error:
        raise NotReadyError("unknown") from error
    return int(late.total_seconds()) if late else 0
