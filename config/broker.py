"""Redis as a broker that may die under a worker: the worker goes on with the next one.

Left to itself, kombu hands back to the dead connection what was under way, or acknowledges it there, fails at that, and
ends the worker for good. Here it is let go: beat finds whatever was not done.
"""

from kombu.transport import redis


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


def use() -> None:
    """Let every Redis connection of this process be of this kind."""
    redis.Transport.Channel = Channel
