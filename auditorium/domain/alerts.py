"""Telling the operators that a line was stopped: by a robot of 钉钉 or 企业微信, and by mail. Nothing personal."""

from __future__ import annotations

import json
import logging

import urllib3
from django.conf import settings
from django.core.mail import send_mail
from django.utils import translation
from django.utils.translation import gettext as _
from urllib3.exceptions import HTTPError

from auditorium.models import SmsLine

logger = logging.getLogger(__name__)

SECONDS = 10


def line_stopped(line_id: int) -> None:
    """Tell whoever `ALERT_WEBHOOK_URL` and `ALERT_EMAILS` name; what fails is logged, the line stays paused anyway."""
    line = SmsLine.objects.filter(pk=line_id, paused_at__isnull=False).first()
    if line is None:
        return
    with translation.override(settings.LANGUAGE_CODE):
        words = _("短信线路“%(line)s”停了：%(why)s。没发的短信都留着。处理好后到管理后台，在它的“运行情况”里按“恢复”。")
        words %= {"line": line.name, "why": line.paused_reason}
        if settings.ALERT_WEBHOOK_URL:
            _post(settings.ALERT_WEBHOOK_URL, words)
        if settings.ALERT_EMAILS:
            send_mail(_("短信线路停了"), words, None, settings.ALERT_EMAILS, fail_silently=True)


def _post(url: str, words: str) -> None:
    """The shape that the robots of 钉钉 and of 企业微信 both read; what they refuse they refuse with status 200."""
    body = json.dumps({"msgtype": "text", "text": {"content": words}}, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    try:
        with urllib3.PoolManager() as pool:
            answer = pool.request(
                "POST", url, body=body, headers=headers, timeout=SECONDS, retries=False, redirect=False
            )
            code = answer.json()["errcode"] if answer.status == 200 else answer.status
    except HTTPError:
        logger.warning("alert: the robot did not answer")
    except (ValueError, KeyError, TypeError):
        logger.warning("alert: what answered is no robot")
    else:
        if code != 0:
            logger.warning("alert: the robot answered %s", code)
