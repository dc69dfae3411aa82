"""Where a provider posts receipts and answers of one line. The addresses are secret; they show nothing."""

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

from auditorium.domain import receipts, replies
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
    line, gateway = _line(line_uid)
    payload = _posted(request, secret, expected=gateway.receipt_secret if gateway else "")
    if isinstance(payload, HttpResponse) or line is None or gateway is None:
        return _refused(payload)
    try:
        receipts.record(line=line, receipts=gateway.read_receipts(payload))
    except receipts.TooEarlyError:  # providers post again what was not taken
        return HttpResponse(status=503)
    return JsonResponse({"code": 0})


@csrf_exempt
@login_not_required
@require_POST
@sensitive_variables()
def sms_replies(request: HttpRequest, line_uid: uuid.UUID, secret: str) -> HttpResponse:
    """Take what people answered, as JSON or as a form."""
    line, gateway = _line(line_uid)
    payload = _posted(request, secret, expected=gateway.reply_secret if gateway else "")
    if isinstance(payload, HttpResponse) or line is None or gateway is None:
        return _refused(payload)
    for incoming in gateway.read_replies(payload):
        replies.receive(line=line, number=incoming.number, text=incoming.text, provider_id=incoming.provider_id)
    return JsonResponse({"code": 0})


def _line(uid: uuid.UUID) -> tuple[SmsLine | None, SmsGateway | None]:
    """The line and its gateway; no gateway while its settings are wrong."""
    line = SmsLine.objects.filter(uid=uid).first()
    try:
        return line, gateway_for(line.gateway, line.config) if line else None
    except ValidationError:
        return line, None


def _posted(request: HttpRequest, secret: str, *, expected: str) -> Any:
    """What was posted, or the response that refuses it; Http404 where the secret is not that of the address."""
    if not expected or not constant_time_compare(secret, expected):
        raise Http404
    if int(request.headers.get("Content-Length") or 0) > LARGEST_BODY:
        return HttpResponse(status=413)
    try:
        if request.content_type == "application/x-www-form-urlencoded":
            return request.POST.dict()
        return json.loads(request.body)
    except (ValueError, RecursionError):
        return HttpResponse(status=400)


def _refused(payload: Any) -> HttpResponse:
    return payload if isinstance(payload, HttpResponse) else HttpResponse(status=404)
