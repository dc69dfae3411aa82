"""The hall: people, desk, reminders and texts. Knows nothing of hospitals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _

from auditorium import checks, navigation, ports

if TYPE_CHECKING:
    from auditorium.models import Hall, User


class AuditoriumConfig(AppConfig):
    name = "auditorium"
    verbose_name = _("文化礼堂")

    def ready(self) -> None:
        """Show the desk and the tasks in the header and the hall's own part of timelines; speak plainly."""
        from auditorium.activity_service import EnrolmentService
        from auditorium.domain.activities import feedback
        from auditorium.domain.library import files, grants
        from auditorium.domain.library.packages import jobs
        from auditorium.loan_service import LoanService
        from auditorium.service import HallService

        register(checks.code_point_order, Tags.database)
        register(checks.kept_long_enough)
        ports.register(HallService())
        ports.register(EnrolmentService(), order=80)
        ports.register(LoanService(), order=85)
        ports.register_chore("files", files.drop_unused)
        ports.register_chore("packages", jobs.drop_old)
        ports.register_chore("grants", grants.drop_over)
        ports.register_chore("opinions", feedback.drop_words)
        navigation.register(navigation.NavItem(_("服务台"), "auditorium:desk", 10, covers=("people/", "visits/")))
        navigation.register(navigation.NavItem(_("活动"), "auditorium:activities", 40))
        navigation.register(navigation.NavItem(_("看书听戏"), "auditorium:library", 30))
        navigation.register(navigation.NavItem(_("待办"), "auditorium:follow_ups", 90, badge=_open_tasks))
        # Django's own Chinese speaks of a 字段, as nobody does at a desk.
        forms.Field.default_error_messages["required"] = _("请填写这一项。")


def _open_tasks(user: User, hall: Hall) -> int:
    """How many tasks wait at this hall, its own and those handed to it."""
    from auditorium.domain import follow_ups

    return follow_ups.at(hall).for_user(user).open().count()
