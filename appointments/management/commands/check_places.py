"""Compares how many places each slot says are taken with the appointments that take them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from appointments.domain import place_counts


class Command(BaseCommand):
    """`manage.py check_places [--repair]`: says every slot that miscounts; leaves with 1 while one is left."""

    help = "Compare each slot's taken places with its appointments; with --repair, write the true count down."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to put right what is wrong."""
        parser.add_argument("--repair", action="store_true", help="write the true count down")

    def handle(self, *, repair: bool, **options: Any) -> None:
        """One line for each slot that miscounts, then how many are left."""
        left = 0
        for wrong in list(place_counts.miscounts()):
            facts = {"slot": wrong.slot_id, "taken": wrong.taken, "found": wrong.appointments, "all": wrong.capacity}
            if repair and place_counts.repair(wrong):
                self.stdout.write(_("时段 %(slot)d：记着已约 %(taken)d，实际 %(found)d，已改正。") % facts)
                continue
            left += 1
            sentence = _("时段 %(slot)d：记着已约 %(taken)d，实际 %(found)d（共 %(all)d 个号）。") % facts
            if wrong.is_oversold:
                sentence += _("约的人比号多，请打电话问医院。")
            self.stderr.write(sentence)
        if left:
            raise CommandError(_("有 %(left)d 个时段的号数对不上。") % {"left": left})
        self.stdout.write(_("每个时段的号数都对得上。"))
