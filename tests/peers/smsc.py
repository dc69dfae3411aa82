"""Starts `smsc.js`, the SMS centre of the tests, and says to it what to do; see there.

The npm package it stands on is installed by name into `var/peers` the first time. Where node or npm is missing the
tests that need it are skipped and say so; with CI=true that is a failure. They are skipped, too, where npm reaches no
registry.
"""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.waiting import wait_until

PACKAGE, VERSION = "smpp", "0.5.1"
HERE = Path(__file__).resolve().parent
FOLDER = HERE.parent.parent / "var" / "peers" / f"{PACKAGE}-{VERSION}"
NUMBER = "+8613800000021"


class Smsc:
    """A running SMS centre: what it was told, and what it has said so far."""

    def __init__(self, port: int = 0, *certificate: Path) -> None:
        self.events: list[dict[str, Any]] = []
        self._process = subprocess.Popen(
            ["node", str(HERE / "smsc.js"), str(port), *map(str, certificate)],
            env=os.environ | {"NODE_PATH": str(FOLDER / "node_modules")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.port = wait_until(lambda: self.said("listening"))[0]["port"]

    def config(self, **changes: Any) -> dict[str, Any]:
        """Settings of a line that sends here."""
        settings = {"host": "127.0.0.1", "port": self.port, "system_id": "litang", "password": "geheim"}
        return settings | {"source": "10690000", "throttle": 1000} | changes

    def tell(self, **order: Any) -> None:
        """Give an order and wait until it is carried out."""
        done = len(self._heard("done"))
        self._process.stdin.write(json.dumps(order) + "\n")
        wait_until(lambda: len(self._heard("done")) > done)

    def said(self, event: str) -> list[dict[str, Any]]:
        """Everything it said of one kind; while it runs, all that it has said until now."""
        if event != "listening" and self._process.poll() is None and not self._process.stdin.closed:
            self.tell()
        return self._heard(event)

    def _heard(self, event: str) -> list[dict[str, Any]]:
        return [said for said in list(self.events) if said["event"] == event]

    def bring(self, words: bytes, **fields: Any) -> None:
        """Let a deliver_sm with these words come."""
        self.tell(deliver={"short_message": words.hex(), **fields})

    @property
    def texts(self) -> list[str]:
        """The words of every part it took."""
        return [said["text"] for said in self.said("submit")]

    @property
    def numbers(self) -> list[str]:
        """To whom each part went that it took."""
        return [said["number"] for said in self.said("submit")]

    def end(self) -> None:
        """Stop it, as a power cut does."""
        self._process.kill()
        self._process.wait(10)
        self._reader.join(10)
        self._process.stdin.close()
        self._process.stdout.close()

    def _read(self) -> None:
        for line in self._process.stdout:
            self.events.append(json.loads(line))


@contextmanager
def running(port: int = 0, *certificate: Path) -> Iterator[Smsc]:
    """An SMS centre on a port of its own, with TLS where it has key and certificate, until the block ends."""
    _install()
    smsc = Smsc(port, *certificate)
    try:
        yield smsc
    finally:
        smsc.end()


def _install() -> None:
    if (FOLDER / "node_modules" / PACKAGE / "package.json").exists():
        return
    if not (shutil.which("node") and shutil.which("npm")):
        assert os.environ.get("CI", "").lower() not in {"1", "true"}, "node and npm are missing"
        pytest.skip("needs node and npm, for an SMS centre to talk to")
    made = FOLDER.with_name(f"{FOLDER.name}.{os.getpid()}")
    made.mkdir(parents=True, exist_ok=True)
    options = ["--prefix", str(made), "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "error"]
    brought = subprocess.run(["npm", "install", *options, f"{PACKAGE}@{VERSION}"], check=False, timeout=300)
    if brought.returncode:
        shutil.rmtree(made, ignore_errors=True)
        pytest.skip("npm could not bring the SMS centre to talk to")
    try:
        made.rename(FOLDER)
    except OSError:  # another test run was quicker
        shutil.rmtree(made)
