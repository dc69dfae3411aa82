"""A robot of 钉钉 or 企业微信 in a process of its own: `python -m tests.peers.robot`. It takes what is said."""

import json
from typing import Any

from tests.peers.vendor_peer import Call, Provider, serve


class Robot(Provider):
    """Keeps the words; `then` may let it refuse them, as robots do, with status 200."""

    def action(self, call: Call) -> str:
        return "say"

    def check(self, call: Call) -> None:
        """Its address is its secret."""

    def answer(self, action: str, call: Call) -> dict[str, Any]:
        self.taken.append(json.loads(call.body))
        return {"errcode": 0, "errmsg": "ok"}


if __name__ == "__main__":
    serve(Robot(takes=("say",)))
