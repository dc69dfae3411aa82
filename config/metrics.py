"""What a Prometheus server asks: how the SMS lines do and what is late. Counts only, no person in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from prometheus_client import Metric

MOST_CODES = 20
OTHER = "other"
"""The label of what was lost for rarer causes, and for causes a provider put into words, which may name a person."""

_CODE = re.compile(r"(?!.*\d{11})[A-Za-z0-9_.:/-]+")


@never_cache
@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """The metrics in Prometheus' text format, for whoever sends `Authorization: Bearer METRICS_TOKEN`; else 404."""
    said = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not constant_time_compare(said, f"Bearer {settings.METRICS_TOKEN}"):
        raise Http404
    registry = CollectorRegistry()
    registry.register(Lines())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class Lines(Collector):
    """The lines in use, each by its uid and name: what waits, what was written today and how it ended."""

    def collect(self) -> Iterator[Metric]:
        """A fixed number of queries, however many lines and texts there are."""
        from auditorium import clock
        from auditorium.domain import delivery, figures
        from auditorium.models import SmsLine

        names = ["line", "name"]
        waiting = GaugeMetricFamily("desk_sms_waiting", "Texts that wait to be sent.", labels=names)
        oldest = GaugeMetricFamily("desk_sms_oldest_waiting_seconds", "How long the oldest waits.", labels=names)
        paused = GaugeMetricFamily("desk_sms_line_paused", "1 while a line is paused.", labels=names)
        failing = GaugeMetricFamily("desk_sms_line_failing_seconds", "How long a line has not answered.", labels=names)
        today = GaugeMetricFamily(
            "desk_sms_today", "Texts written today, by how they stand, as last counted.", labels=[*names, "outcome"]
        )
        failed = GaugeMetricFamily(
            "desk_sms_failed_today", "Texts written today that were lost, by cause.", labels=[*names, "code"]
        )
        parts = GaugeMetricFamily("desk_sms_parts_today", "Parts sent today, as they are charged.", labels=names)
        cost = GaugeMetricFamily("desk_sms_cost_yuan_today", "What they cost, in yuan.", labels=names)
        now, day = clock.now(), clock.today()
        lines = list(SmsLine.objects.filter(is_active=True).order_by("pk"))
        queued, counted = figures.waiting(lines), figures.of_lines(lines, day)
        for line in lines:
            label = [str(line.uid), line.name]
            here, figure = queued.get(line.pk, figures.Waiting()), counted[line.pk]
            waiting.add_metric(label, here.texts)
            oldest.add_metric(label, max((now - here.since).total_seconds(), 0) if here.since else 0)
            paused.add_metric(label, line.paused_at is not None)
            failing.add_metric(label, (now - line.failing_since).total_seconds() if line.failing_since else 0)
            parts.add_metric(label, figure.parts)
            cost.add_metric(label, float(figure.cost))
            for outcome, texts in figure.texts.items():
                today.add_metric([*label, outcome], texts)
            for code, texts in _by_code(figure.causes).items():
                failed.add_metric([*label, code], texts)
        late = delivery.lateness()
        yield from (waiting, oldest, paused, failing, today, failed, parts, cost)
        yield GaugeMetricFamily(
            "desk_outbox_late_seconds",
            "How long what is most overdue waits.",
            value=late.total_seconds() if late else 0,
        )


def _by_code(causes: Mapping[str, int]) -> Counter[str]:
    """Texts lost by the provider's code: a bounded number of codes, none of which holds a phone or identity number."""
    counted: Counter[str] = Counter()
    named = [code for code in causes if _CODE.fullmatch(code)][:MOST_CODES]  # the most common come first
    for code, texts in causes.items():
        counted[code if code in named else OTHER] += texts
    return counted
