"""What must hold before Django reads its settings: where the data lives, and that it can be written."""

import os
import sys
import tempfile
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent


class Refused(Exception):
    """The desk can't start as things are. The message is what the person at the keyboard reads."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"{chinese}\n{english}")


def prepare_environment(arguments: list[str]) -> None:
    """Set up the environment of `manage.py demo` and `manage.py run`; leave every other command alone.

    The demo keeps its data in a folder of its own inside VAR_DIR, so that it never mixes with a hall's.
    """
    if arguments[1:2] not in (["demo"], ["run"]):
        return
    for stream in (sys.stdout, sys.stderr):  # a console without Chinese characters shows ? and goes on
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace", line_buffering=True)
    folder = Path(os.environ.get("VAR_DIR") or BASE_DIR / "var").absolute()
    if arguments[1] == "demo":
        folder /= "demo"
        os.environ["DEMO"] = "1"
    os.environ["VAR_DIR"] = str(folder)
    require_writable(folder)


def require_writable(folder: Path) -> None:
    """Make the folder when it isn't there; refuse when nothing can be written in it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Refused(
            f"数据文件夹 {folder} 不能写入（{error.strerror}）。请换一个文件夹（VAR_DIR=…）或改它的权限。",
            f"The data folder {folder} can't be written ({error.strerror}). "
            "Choose another (VAR_DIR=…) or change its permissions.",
        ) from error
