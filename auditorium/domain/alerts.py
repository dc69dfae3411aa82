"""Telling the operators that a line was stopped: by a robot of 钉钉 or 企业微信, and by mail. Nothing personal."""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta

import urllib3
from django.conf import settings
from django.core.mail import send_mail
from django.utils import translation
from django.utils.translation import gettext as _
from urllib3.exceptions import HTTPError

from auditorium import clock
from auditorium.models import SmsLine

logger = logging.getLogger(__name__)

SECONDS = 10
TRY_AGAIN_AFTER = timedelta(minutes=10)


def tell(*, at: datetime | None = None) -> int:
    """Tell whoever `ALERT_WEBHOOK_URL` and `ALERT_EMAILS` name of each line that stopped; return how many lines.

    Who was reached one way is told. Where all ways fail it is tried again in a while, until the line goes on.
    """
    at = at or clock.now()
    told = 0
    for line in SmsLine.objects.filter(alert_at__lte=at).order_by("pk"):
        mine = SmsLine.objects.filter(pk=line.pk, alert_at=line.alert_at)
        if mine.update(alert_at=at + TRY_AGAIN_AFTER) and _was_heard(line):
            told += SmsLine.objects.filter(pk=line.pk, alert_at=at + TRY_AGAIN_AFTER).update(alert_at=None)
    return told


def _was_heard(line: SmsLine) -> bool:
    """Say it every way there is; True too where there is none."""
    with translation.override(settings.LANGUAGE_CODE):
        words = _("短信线路“%(line)s”停了：%(why)s。没发的短信都留着。处理好后到管理后台，在它的“运行情况”里按“恢复”。")
        words %= {"line": line.name, "why": line.paused_reason}
        heard = []
        if settings.ALERT_WEBHOOK_URL:
            heard.append(_post(settings.ALERT_WEBHOOK_URL, words))
        if settings.ALERT_EMAILS:
            heard.append(_mail(words))
    return any(heard) or not heard


def _mail(words: str) -> bool:
    try:
        return bool(send_mail(_("短信线路停了"), words, None, settings.ALERT_EMAILS))
    except OSError as error:  # the mail server's refusals are among them
        logger.warning("alert: the mail was not taken (%s)", type(error).__name__)
        return False


def _post(url: str, words: str) -> bool:
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
        if code == 0:
            return True
        logger.warning("alert: the robot answered %s", code)
    return False
