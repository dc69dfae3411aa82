"""Where a provider posts receipts and answers of one line. The addresses are secret; they show nothing."""

from __future__ import annotations

import json
import uuid
from typing import Any
from urllib.parse import parse_qsl

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from auditorium.domain import receipts, replies
from auditorium.gateways import gateway_for
from auditorium.gateways.base import Callback, SmsGateway, receipt_callback, reply_callback
from auditorium.models import SmsLine
from auditorium.storable import storable_throughout
from auditorium.views.access import client_address

LARGEST_BODY = 1024 * 1024


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "POST"])
@sensitive_variables()
def sms_receipts(request: HttpRequest, line_uid: uuid.UUID, secret: str) -> HttpResponse:
    """Take a provider's receipts, as JSON or as a form. 503 asks for one again that came too early."""
    line, gateway = _line(line_uid)
    if line is None or gateway is None:
        raise Http404
    callback = receipt_callback(gateway)
    payload = _posted(request, line, secret, callback)
    if isinstance(payload, HttpResponse):
        return payload
    try:
        receipts.record(line=line, receipts=gateway.read_receipts(payload))
    except receipts.TooEarlyError:  # providers post again what was not taken
        return HttpResponse(status=503)
    return _accepted(callback)


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "POST"])
@sensitive_variables()
def sms_replies(request: HttpRequest, line_uid: uuid.UUID, secret: str) -> HttpResponse:
    """Take what people answered, as JSON or as a form."""
    line, gateway = _line(line_uid)
    if line is None or gateway is None:
        raise Http404
    callback = reply_callback(gateway)
    payload = _posted(request, line, secret, callback)
    if isinstance(payload, HttpResponse):
        return payload
    for incoming in gateway.read_replies(payload):
        replies.receive(line=line, number=incoming.number, text=incoming.text, provider_id=incoming.provider_id)
    return _accepted(callback)


def _line(uid: uuid.UUID) -> tuple[SmsLine | None, SmsGateway | None]:
    """The line and its gateway; no gateway while its settings are wrong."""
    line = SmsLine.objects.filter(uid=uid).first()
    try:
        return line, gateway_for(line.gateway, line.config) if line else None
    except ValidationError:
        return line, None


def _posted(request: HttpRequest, line: SmsLine, secret: str, callback: Callback) -> Any:
    """What was posted, or the response that refuses it; Http404 where secret or sender are not those of the line."""
    is_known = bool(callback.secret) and constant_time_compare(secret, callback.secret)
    if not (is_known and line.accepts_from(client_address(request))):
        raise Http404
    if callback.by_get != (request.method == "GET"):
        return HttpResponseNotAllowed(["GET" if callback.by_get else "POST"])
    if int(request.headers.get("Content-Length") or 0) > LARGEST_BODY:
        return HttpResponse(status=413)
    try:
        return storable_throughout(_read(request))
    except (ValueError, RecursionError, RequestDataTooBig):
        return HttpResponse(status=400)


def _read(request: HttpRequest) -> Any:
    """JSON, a form or an address, in UTF-8 or, as some platforms still write, in GBK; ValueError when it is neither."""
    is_get = request.method == "GET"
    is_form = is_get or request.content_type == "application/x-www-form-urlencoded"
    came = request.META.get("QUERY_STRING", "").encode("latin-1") if is_get else request.body
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            words = came.decode(encoding)
            return dict(parse_qsl(words, True, encoding=encoding, errors="strict")) if is_form else json.loads(words)
        except UnicodeDecodeError:
            continue
    raise ValueError


def _accepted(callback: Callback) -> HttpResponse:
    """What the provider takes for an acceptance."""
    kind = "application/json" if callback.answer.startswith("{") else "text/plain; charset=utf-8"
    return HttpResponse(callback.answer, content_type=kind)
