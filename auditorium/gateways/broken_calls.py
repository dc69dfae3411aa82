"""Whether a request that a provider's own client could not finish may have reached the provider."""

from __future__ import annotations

from collections.abc import Iterator

from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, SSLError

from auditorium.gateways.base import GatewayError, GatewayTimeout
from auditorium.gateways.treatments import Treatment


def verdict(error: BaseException) -> GatewayError | GatewayTimeout | None:
    """What a failed call means; None when it was not the network that failed.

    The clients wrap what went wrong in exceptions of their own that name the address, which holds the number: only
    the causes inside are looked at, and nothing of them is kept.
    """
    causes = list(_causes(error))
    if any(isinstance(cause, NewConnectionError | ConnectTimeoutError) for cause in causes):
        return GatewayError(treatment=Treatment.BACK_OFF, code="no-connection")
    if any(isinstance(cause, SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(cause) for cause in causes):
        return GatewayError(treatment=Treatment.BACK_OFF, code="bad-certificate")
    if any(isinstance(cause, HTTPError | OSError) for cause in causes):
        return GatewayTimeout()
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and all that is inside it: what it was raised from, and what the clients put beside it."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        inside = (getattr(one, name, None) for name in ("inner_exception", "reason", "original_error"))
        waiting += [one.__cause__, one.__context__, *inside, *one.args]
