"""Under which address phones and tablets reach what is opened for them, where anything is."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

from django.conf import settings

AUTO = "auto"
_ELSEWHERE = ("192.0.2.1", 9)
"""An address of the documentation's: which way it would go is asked, and nothing is sent there."""


def is_open() -> bool:
    """Whether this installation serves phones at all."""
    return bool(settings.PHONES_ORIGIN)


def origin() -> str:
    """http://192.168.1.20:8001, without a slash at its end; empty where phones are not served or there is no network.

    A PC's own address is looked up each time it is wanted: a router gives it another one now and then.
    """
    address = settings.PHONES_ORIGIN.rstrip("/")
    if urlsplit(address).hostname != AUTO:
        return str(address)
    own = _own_address()
    return str(address.replace(f"//{AUTO}", f"//{own}", 1)) if own else ""


def _own_address() -> str:
    """The address of this PC on the network it would go out by; empty where it is on none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)
        except OSError:
            return ""
        own = str(probe.getsockname()[0])
    return "" if own.startswith(("127.", "0.")) else own
