"""Brokers as they are where things go wrong: the worker goes on, whatever its broker does.

Redis may die under a worker. Left to itself, kombu hands back to the dead connection what was under way, or
acknowledges it there, fails at that, and ends the worker for good. Here it is let go: beat finds whatever was not done.

In a folder kombu writes a message where it is read, and a worker that reads one half written ends. Here it is written
beside its place.
"""

import uuid
from pathlib import Path
from time import monotonic_ns
from typing import Any

from kombu.transport import filesystem, redis
from kombu.utils.json import dumps


class QoS(redis.QoS):
    """What of a connection is under way."""

    def ack(self, delivery_tag: str) -> None:
        """It is done; a connection that is gone need not hear of it."""
        if not self.channel.closed:
            super().ack(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        """It is not done; a connection that is gone can't take it back."""
        if not self.channel.closed:
            super().reject(delivery_tag, requeue=requeue)


class Channel(redis.Channel):
    """A connection's queues."""

    QoS = QoS
    do_restore = False


class FolderChannel(filesystem.Channel):
    """Queues in a folder: a message is there as a whole or not at all."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]  # as its base has it
        name = f"{monotonic_ns():020}_{uuid.uuid4()}.{queue}.msg"  # read in this order
        beside = Path(self.data_folder_out) / f"{name}.incoming"
        beside.write_text(dumps(payload), encoding="utf-8")
        beside.replace(beside.with_suffix(""))


def use() -> None:
    """Let every connection of this process be of these kinds."""
    redis.Transport.Channel = Channel
    filesystem.Transport.Channel = FolderChannel
