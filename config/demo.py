"""The demo's data: where it is, and how it is thrown away without touching anybody's own."""

from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from config.preflight import Refused
from config.serving import Say, database_file


def _marker() -> Path:
    """The file that says the database beside it was made for the demo."""
    return Path(settings.VAR_DIR) / "demo-data"


def place(*, reset: bool) -> None:
    """Claim the folder for the demo where it is still empty; on `reset` empty it first."""
    if reset:
        begin_anew()
    file = database_file()
    if file is not None and not file.exists():
        _marker().touch()


def begin_anew() -> None:
    """Throw the demo's data away, where it is the demo's for certain."""
    file = database_file()
    if file is None:
        raise Refused(
            "演示用的是 DATABASE_URL 的数据库，要重来请自己清空它。",
            "The demo uses the database of DATABASE_URL; to begin anew, empty that one yourself.",
        )
    if file.exists() and not _marker().exists():
        raise Refused(f"{file} 不是演示数据，没有动它。", f"{file} is not the demo's data; it was left alone.")
    folder = Path(settings.VAR_DIR)
    queue = folder / "broker" / "queue"
    for leftover in (*file.parent.glob(f"{file.name}*"), *folder.glob("beat-schedule*"), *queue.glob("*")):
        leftover.unlink()


def load(say: Say) -> None:
    """Load the demo's data, all of it the first time, later what the coming days need."""
    say("· 演示数据 / Demo data")
    try:
        call_command("load_demo")
    except CommandError as error:
        chinese, _, english = str(error).partition(" / ")
        if _marker().exists():
            chinese, english = f"{chinese}重来一遍：make demo-reset。", f"{english} To begin anew: make demo-reset."
        raise Refused(chinese, english) from error
