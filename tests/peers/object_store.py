"""Starts moto's server, an S3-compatible object store of its own process, for the tests that keep files in a bucket.

It is installed from PyPI by name into `var/peers` the first time; where no registry is reached the tests are skipped
and say so.
"""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.site import free_port
from tests.waiting import wait_until

VERSION = "5.2.5"
NEEDED = [f"moto[s3]=={VERSION}", "flask", "flask-cors"]
FOLDER = Path(__file__).resolve().parent.parent.parent / "var" / "peers" / f"moto-{VERSION}"


@contextmanager
def running() -> Iterator[str]:
    """The address of an empty store, until the block ends."""
    _install()
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        env=environment | {"PYTHONPATH": str(FOLDER)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: _listens(port), seconds=60)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait(10)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _install() -> None:
    if (FOLDER / "moto" / "server.py").exists():
        return
    made = FOLDER.with_name(f"{FOLDER.name}.{os.getpid()}")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", str(made)]
    if subprocess.run([*pip, *NEEDED], check=False, timeout=300, capture_output=True).returncode:
        shutil.rmtree(made, ignore_errors=True)
        pytest.skip("pip could not bring the object store to talk to")
    try:
        made.rename(FOLDER)
    except OSError:  # another test run was quicker
        shutil.rmtree(made)
