"""Opens the desk with the demo's people, hospitals and bookings."""

from typing import Any

from django.core.management.base import CommandParser

from auditorium.demo.accounts import ACCOUNTS, PASSWORD
from auditorium.management.commands import run
from config import demo
from config.serving import serve


class Command(run.Command):
    """`manage.py demo`: the same processes as `run`, on data of its own that never mixes with a hall's."""

    help = "Open the desk with demo data: web server, Celery worker and beat together, until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--reset` begins anew."""
        parser.add_argument("--reset", action="store_true", help="throw the demo's data away and begin anew")

    def open_desk(self, **options: Any) -> None:
        """Serve the demo's data, loading it at the first start."""
        serve(
            place=lambda: demo.place(reset=options["reset"]),
            fill=lambda: demo.load(self.say),
            welcome=self.welcome,
            say=self.say,
        )

    def welcome(self, address: str) -> None:
        """Say where the desk is and who can log in."""
        super().welcome(address)
        self.say(f"登录密码都是 {PASSWORD} / Everybody's password is {PASSWORD}:")
        for account in ACCOUNTS:
            self.say(f"  {account.username:<8}  {account.full_name}  {account.words}")
