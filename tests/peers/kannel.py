"""A real Kannel on ports of its own: what is sent comes back as if somebody had written it (`smsc = loopback`)."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.waiting import wait_until

_CONFIG = """\
group = core
admin-port = {admin}
admin-password = {password}
admin-interface = 127.0.0.1
admin-deny-ip = "*.*.*.*"
admin-allow-ip = 127.0.0.1
smsbox-port = {box}
smsbox-interface = 127.0.0.1
box-deny-ip = "*.*.*.*"
box-allow-ip = 127.0.0.1
log-file = {folder}/bearerbox.log

group = smsc
smsc = loopback
smsc-id = loop

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {port}
sendsms-interface = 127.0.0.1
global-sender = 13800000021
mo-recode = true
log-file = {folder}/smsbox.log

group = sendsms-user
username = desk
password = {password}
user-deny-ip = "*.*.*.*"
user-allow-ip = 127.0.0.1

group = sms-service
keyword = default
catch-all = true
get-url = "{listener}/replies?from=%p&text=%b&id=%I"
max-messages = 0
"""
_SBIN = ("bearerbox", "smsbox")
PASSWORD = "desk-of-the-tests"


def needed() -> Any:
    """Skips and says why where there is none; on a build machine that is a failure."""
    is_here = all(shutil.which(command) for command in _SBIN)
    return pytest.mark.skipif(not is_here and os.environ.get("CI") != "true", reason="needs kannel")


@contextmanager
def running(folder: Path, listener: str) -> Iterator[str]:
    """The address texts are handed to; what is received is told to `listener`."""
    admin, box, port = _free_ports(3)
    config = folder / "kannel.conf"
    names = {"admin": admin, "box": box, "port": port, "folder": folder, "listener": listener, "password": PASSWORD}
    config.write_text(_CONFIG.format(**names))
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    boxes = []
    try:
        for command, opens in zip(_SBIN, (box, port), strict=True):
            boxes.append(subprocess.Popen([command, str(config)], **quiet))
            wait_until(lambda opens=opens: _is_open(opens))
        yield f"http://127.0.0.1:{port}/cgi-bin/sendsms"
    finally:
        for process in reversed(boxes):
            process.terminate()
        for process in boxes:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _each in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _is_open(port: int) -> bool:
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) == 0
