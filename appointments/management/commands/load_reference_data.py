"""Brings in the lists and words every installation begins with."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from appointments.domain.default_templates import ensure_templates
from appointments.domain.reference_data import ensure_reference_data


class Command(BaseCommand):
    """`manage.py load_reference_data`: specialties, everyday words and texts where there are none; safe to repeat."""

    help = "Bring in the national list of specialties and what people say of ailments; run again it changes nothing."

    def handle(self, **options: Any) -> None:
        """Say how much was new of the specialties and words; texts need no saying."""
        ensure_templates()
        self.stdout.write(_("诊疗科目和村民的说法：新增 %(added)d 条。") % {"added": ensure_reference_data()})
