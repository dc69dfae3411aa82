"""The words of texts, and the codes under which providers keep them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from auditorium.enums import TEXT_PURPOSES, MessageAudience, TextLanguage
from auditorium.models.sms_lines import SmsLine
from auditorium.validators import validate_template_body


class MessageTemplate(models.Model):
    """The words of one purpose for one audience in one language; a changed text is a new version, old ones stay.

    `in_force_at` is when a version began to be used; null while it waits for its codes at providers that keep the
    words. `body` holds `{name}`-style variables; see `auditorium.domain.wording` for those each purpose has.
    """

    purpose = models.CharField(_("用途"), max_length=16, choices=TEXT_PURPOSES)
    audience = models.CharField(_("给谁看"), max_length=10, choices=MessageAudience)
    about_kind = models.CharField(_("关于"), max_length=20)
    language = models.CharField(_("语言"), max_length=8, choices=TextLanguage, default=TextLanguage.CHINESE)
    version = models.PositiveIntegerField(_("版本"), default=1)
    body = models.CharField(_("正文"), max_length=300, validators=[validate_template_body])
    is_current = models.BooleanField(_("现用"), default=True)
    created_at = models.DateTimeField(_("写于"), auto_now_add=True)
    in_force_at = models.DateTimeField(_("启用时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("短信模板")
        verbose_name_plural = _("短信模板")
        ordering = ["about_kind", "purpose", "audience", "language", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["about_kind", "purpose", "audience", "language", "version"], name="template_version_once"
            ),
            models.UniqueConstraint(
                fields=["about_kind", "purpose", "audience", "language"],
                condition=Q(is_current=True),
                name="template_current_once",
            ),
        ]

    def __str__(self) -> str:
        words = (self.get_purpose_display(), self.get_audience_display(), self.get_language_display())
        return f"{' · '.join(map(str, words))} · {self.version}"


class LineTemplate(models.Model):
    """The code under which a provider keeps one version of our words; without it that line can't send them."""

    line = models.ForeignKey(SmsLine, models.CASCADE, related_name="templates", verbose_name=_("短信线路"))
    template = models.ForeignKey(MessageTemplate, models.CASCADE, related_name="codes", verbose_name=_("短信模板"))
    code = models.CharField(_("平台模板编号"), max_length=40)

    class Meta:
        verbose_name = _("平台模板编号")
        verbose_name_plural = _("平台模板编号")
        constraints = [models.UniqueConstraint(fields=["line", "template"], name="line_template_once")]

    def __str__(self) -> str:
        return self.code
