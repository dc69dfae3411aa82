"""Where a provider reports what became of the texts of one line. Its address is secret; it shows nothing."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from auditorium.domain import receipts
from auditorium.gateways import gateway_for
from auditorium.gateways.base import SmsGateway
from auditorium.models import SmsLine

LARGEST_BODY = 64 * 1024


@csrf_exempt
@login_not_required
@require_POST
@sensitive_variables()
def sms_receipts(request: HttpRequest, line_uid: uuid.UUID, secret: str) -> HttpResponse:
    """Take a provider's receipts, as JSON or as a form. 503 asks for one again that came too early."""
    line = SmsLine.objects.filter(uid=line_uid).first()
    gateway = _gateway(line) if line else None
    expected = gateway.receipt_secret if gateway else ""
    if line is None or gateway is None or not expected or not constant_time_compare(secret, expected):
        raise Http404
    if int(request.headers.get("Content-Length") or 0) > LARGEST_BODY:
        return HttpResponse(status=413)
    try:
        payload = _payload(request)
    except (ValueError, RecursionError):
        return HttpResponse(status=400)
    try:
        receipts.record(line=line, receipts=gateway.read_receipts(payload))
    except receipts.TooEarlyError:  # providers post again what was not taken
        return HttpResponse(status=503)
    return JsonResponse({"code": 0})


def _gateway(line: SmsLine) -> SmsGateway | None:
    """The line's gateway; None while its settings are wrong."""
    try:
        return gateway_for(line.gateway, line.config)
    except ValidationError:
        return None


def _payload(request: HttpRequest) -> Any:
    if request.content_type == "application/x-www-form-urlencoded":
        return request.POST.dict()
    return json.loads(request.body)
