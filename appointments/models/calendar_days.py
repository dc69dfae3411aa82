"""Days on which the working calendar is other than the library says, or beyond what it knows."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class CalendarDay(models.Model):
    """One day of the State Council's holiday notice, as an administrator wrote it down."""

    date = models.DateField(_("日期"), unique=True)
    is_workday = models.BooleanField(_("上班"), help_text=_("调休上班的周末勾上，放假的日子不勾。"))
    name = models.CharField(_("什么日子"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("节假日和调休")
        verbose_name_plural = _("节假日和调休")
        ordering = ["-date"]

    def __str__(self) -> str:
        return f"{self.date} {self.name}".strip()
