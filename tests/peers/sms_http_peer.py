"""The far side of an HTTP gateway: takes texts, remembers keys or forgets them, and fails as told.

    POST /send            JSON or a form; answers {"code": "0", "data": {"id": …}}
    GET  /query?key=…     {"code": "0", "data": {"id": …}} or {"code": "404"}; a peer that forgets says {"code": "?"}

`peer.received` is every request to send that was read, in order; `peer.accepted` what a phone would have got:
one text a key for a peer that remembers keys, one a request for a peer that forgets.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Request:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: str
    fields: dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """What to answer instead of the usual."""

    status: int = 200
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)


class Peer:
    """A provider on a port of its own."""

    def __init__(self, *, remembers: bool = True) -> None:
        self.remembers = remembers
        self.received: list[Request] = []
        self.queries: list[Request] = []
        self.accepted: list[tuple[str, str]] = []  # (key, body)
        self.before_accepting: Callable[[Request], Reply | None] = lambda request: None
        self.before_answering: Callable[[Request], Reply | None] = lambda request: None
        self._lock = threading.Lock()
        self._ids: dict[str, str] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    @contextmanager
    def running(self) -> Iterator["Peer"]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def config(self, **changes: Any) -> dict[str, Any]:
        """Settings of a line that sends here."""
        settings: dict[str, Any] = {
            "url": f"{self.url}/send",
            "body": {"to": "{number}", "text": "{body}", "out_id": "{key}"},
            "success": {"path": "code", "values": ["0"]},
            "provider_id": "data.id",
            "error_code": "code",
            "permanent_codes": ["bad-number"],
            "timeout": 5,
            "query": {
                "url": f"{self.url}/query?key={{key}}",
                "method": "GET",
                "format": "query",
                "found": {"path": "code", "values": ["0"]},
                "missing": {"path": "code", "values": ["404"]},
                "provider_id": "data.id",
            },
        }
        return settings | changes

    def texts_per_key(self) -> dict[str, int]:
        """How many texts a phone would have got under each key."""
        with self._lock:
            keys = [key for key, _body in self.accepted]
        return {key: keys.count(key) for key in keys}

    def _accept(self, request: Request) -> str:
        key = str(request.fields.get("out_id", ""))
        with self._lock:
            if self.remembers and key in self._ids:
                return self._ids[key]
            self._ids[key] = f"p{len(self.accepted) + 1}"
            self.accepted.append((key, str(request.fields.get("text", ""))))
            return self._ids[key]

    def _send(self, request: Request) -> Reply:
        with self._lock:
            self.received.append(request)
        refusal = self.before_accepting(request)
        if refusal:
            return refusal
        answer = {"code": "0", "data": {"id": self._accept(request)}}
        return self.before_answering(request) or Reply(body=json.dumps(answer))

    def _query(self, request: Request) -> Reply:
        with self._lock:
            self.queries.append(request)
            found = self._ids.get(str(request.fields.get("key", "")))
        if not self.remembers:
            return Reply(body='{"code": "?"}')
        return Reply(body=json.dumps({"code": "0", "data": {"id": found}} if found else {"code": "404"}))

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        peer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                is_json = "json" in self.headers.get("Content-Type", "")
                self._answer(
                    peer._send(self._request(content, json.loads(content) if is_json else dict(parse_qsl(content))))
                )

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                answer = peer._query if parts.path == "/query" else peer._send
                self._answer(answer(self._request("", dict(parse_qsl(parts.query)))))

            def _request(self, body: str, fields: dict[str, Any]) -> Request:
                return Request(self.command, self.path, dict(self.headers), body, fields)

            def _answer(self, reply: Reply) -> None:
                content = reply.body.encode()
                try:
                    self.send_response(reply.status)
                    for name, value in reply.headers.items():
                        self.send_header(name, value)
                    if not reply.headers.keys() & {"Content-Length", "Transfer-Encoding"}:
                        self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)
                except OSError:
                    self.close_connection = True  # the caller is gone

            def log_message(self, *args: Any) -> None:
                """Say nothing."""

        return Handler
