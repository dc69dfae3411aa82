"""A provider with an HTTP interface, in a process of its own: `python -m tests.peers.http_provider`.

It takes whatever it gets, the same text twice as well: only who asks it first (`/query`) can know what it has.
"""

import json
from typing import Any

from tests.peers.vendor_peer import Call, Provider, serve


class HttpProvider(Provider):
    """Knows each text by our key."""

    def action(self, call: Call) -> str:
        return call.path.removeprefix("/")

    def check(self, call: Call) -> None:
        """Anybody may send."""

    def answer(self, action: str, call: Call) -> dict[str, Any]:
        fields = json.loads(call.body)
        if action == "send":
            self.taken.append({"number": fields["to"], "out_id": fields["out_id"]})
            return {"code": "0", "id": f"p{len(self.taken)}"}
        found = [place for place, text in enumerate(self.taken, start=1) if text["out_id"] == fields["out_id"]]
        return {"code": "0", "id": f"p{found[0]}"} if found else {"code": "404"}


def config(url: str, *, can_be_asked: bool = True) -> dict[str, Any]:
    """Settings of a line that sends here."""
    query = {
        "url": f"{url}/query",
        "body": {"out_id": "{key}"},
        "found": {"path": "code", "values": ["0"]},
        "missing": {"path": "code", "values": ["404"]},
        "provider_id": "id",
    }
    return {
        "url": f"{url}/send",
        "body": {"to": "{number}", "text": "{body}", "out_id": "{key}"},
        "success": {"path": "code", "values": ["0"]},
        "provider_id": "id",
        "error_code": "code",
        "timeout": 5,
    } | ({"query": query} if can_be_asked else {})


if __name__ == "__main__":
    serve(HttpProvider(takes=("send",)))
