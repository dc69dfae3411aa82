"""Ports that stay one test's own, also while what listens on them is dead."""

import socket


class KeptPort:
    """A port of this machine that nobody is given who asks for any; whoever names it may listen, again and again."""

    def __init__(self) -> None:
        self._held = socket.socket()
        self._held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._held.bind(("127.0.0.1", 0))
        self.number: int = self._held.getsockname()[1]

    def let_go(self) -> None:
        """Anybody may have it."""
        self._held.close()
