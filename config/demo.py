"""The demo's data: loaded once, whole or not at all, and only where nothing else is."""

import os
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command

from config.preflight import Refused
from config.serving import Say, database_file

LOADING = "loading"
LOADED = "loaded"


def _marker() -> Path:
    """The file that says how far the demo's data is. Where it is missing, whatever is there is somebody's own."""
    return Path(settings.VAR_DIR) / "demo-data"


def begin_anew() -> None:
    """Throw the demo's data away, where it is the demo's for certain."""
    file = database_file()
    if file is None:
        raise Refused(
            "演示用的是 DATABASE_URL 的数据库，要重来请自己清空它。",
            "The demo uses the database of DATABASE_URL; to begin anew, empty that one yourself.",
        )
    folder = Path(settings.VAR_DIR)
    if file.exists() and not _marker().exists():
        raise Refused(f"{file} 不是演示数据，没有动它。", f"{file} is not the demo's data; it was left alone.")
    queue = folder / "broker" / "queue"
    for leftover in (*file.parent.glob(f"{file.name}*"), *folder.glob("beat-schedule*"), *queue.glob("*")):
        leftover.unlink()
    _marker().unlink(missing_ok=True)


def place(*, reset: bool) -> None:
    """Claim the folder for the demo; throw away what an interrupted loading left behind, or on `reset` everything."""
    file = database_file()
    if reset or (file is not None and _state() == LOADING):
        begin_anew()
    if file is not None and not file.exists():
        _write_state(LOADING)


def load(say: Say) -> None:
    """Load the demo's data into the migrated database, unless it is there already."""
    if _state() == LOADED:
        return
    if apps.get_model(settings.AUTH_USER_MODEL).objects.exists():
        raise Refused(
            "这个数据库里已经有别的数据，不往里面装演示数据。",
            "This database already holds other data; the demo is not loaded into it.",
        )
    _write_state(LOADING)
    say("· 装入演示数据 / Loading the demo")
    call_command("load_demo")
    _write_state(LOADED)


def _state() -> str:
    return _marker().read_text(encoding="ascii") if _marker().exists() else ""


def _write_state(state: str) -> None:
    partial = _marker().with_suffix(".partial")
    partial.write_text(state, encoding="ascii")
    os.replace(partial, _marker())
