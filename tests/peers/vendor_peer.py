"""The far side of a provider with a client of its own: a process that answers on a port, and does as it is told.

    with running("tests.peers.aliyun_peer") as peer:
        peer.then({"do": "cut"})          what comes of the next request that may take a text
        peer.number("0021", "isv.…")      what is answered for numbers that end so
        peer.state()                      what it has seen and taken
        peer.post(url, payload)           let it post something

What it does instead of answering: `cut` closes the connection before it has taken anything, `cut after` once it has,
`hang` and `hang after` keep silent until the process ends, `die` and `die after` end the process as a power cut does,
`answer` gives what it is told (status, type, body) without taking anything, `answer after` once it has.

With `PEER_MEMORY` what it took is in that file before it answers, and is read from there at the start, unless
`PEER_FORGETS`; `PEER_PORT` is where it listens, and `PEER_KNOWS` what it is given (`give`) before anybody can ask it.
"""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

CONTROL = "/control/"
BASE_DIR = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Call:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


class Refused(Exception):
    """The provider answers with an error of its own."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


@dataclass
class Provider:
    """What every such provider remembers, and what it is told to do."""

    takes: tuple[str, ...] = ()  # the actions that hand over a text
    calls: list[dict[str, Any]] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    then: list[dict[str, Any]] = field(default_factory=list)
    numbers: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    memory: Path | None = None

    def remember(self, memory: Path, *, forgets: bool) -> None:
        """Keep in this file what is taken from now on; know what is there already."""
        self.memory = memory
        if memory.exists() and not forgets:
            self.taken = [json.loads(line) for line in memory.read_text().splitlines()]

    def play(self, action: str, call: Call) -> dict[str, Any]:
        """Do what was asked for; what was taken is kept before anybody is told."""
        before = len(self.taken)
        answer = self.answer(action, call)
        if self.memory:
            lines = "".join(f"{json.dumps(text)}\n" for text in self.taken[before:])
            with self.memory.open("ab", buffering=0) as file:  # whole or not at all, whoever reads or kills it now
                file.write(lines.encode())
        return answer

    def action(self, call: Call) -> str:
        raise NotImplementedError

    def check(self, call: Call) -> None:
        """Raise Refused unless the request is signed as the provider publishes it."""
        raise NotImplementedError

    def answer(self, action: str, call: Call) -> dict[str, Any]:
        raise NotImplementedError

    def error(self, refused: Refused) -> dict[str, Any]:
        raise NotImplementedError

    def code_for(self, number: str) -> str:
        """What it was told to answer for this number; empty for nothing special."""
        return next((code for end, code in self.numbers.items() if number.endswith(end)), "")


class Handle:
    """A running peer, seen from the tests."""

    def __init__(self, url: str) -> None:
        self.url = url

    def then(self, *deeds: dict[str, Any]) -> None:
        """What comes of the next requests that hand over a text, one after the other."""
        self._control("then", list(deeds))

    def number(self, end: str, code: str) -> None:
        """What is answered for numbers that end so."""
        self._control("number", {"end": end, "code": code})

    def state(self) -> dict[str, Any]:
        """Its `calls` and what it has `taken`."""
        return self._control("state", None)

    @property
    def taken(self) -> list[dict[str, Any]]:
        return self.state()["taken"]

    def actions(self) -> list[str]:
        """The actions it was asked for, in their order."""
        return [call["action"] for call in self.state()["calls"]]

    def give(self, name: str, value: Any) -> None:
        """Set something the provider of this peer knows beside all others."""
        self._control("give", {"name": name, "value": value})

    def post(self, url: str, payload: Any) -> tuple[int, str]:
        """Let it post JSON; the status and the answer it got."""
        status, answer = self._control("post", {"url": url, "payload": payload})
        return status, answer

    def _control(self, what: str, told: Any) -> Any:
        request = urllib.request.Request(f"{self.url}{CONTROL}{what}", data=json.dumps(told).encode(), method="POST")
        with _DIRECT.open(request, timeout=30) as response:
            return json.loads(response.read())


_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@contextmanager
def running(module: str, *arguments: str) -> Iterator[Handle]:
    """The peer in a process of its own; it ends with its standard input."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Handle(process.stdout.readline().strip())
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait(30)


def serve(provider: Provider) -> None:
    """Say where it listens, and answer until standard input ends; with TLS where a key and a certificate are named."""
    if memory := os.environ.get("PEER_MEMORY"):
        provider.remember(Path(memory), forgets=bool(os.environ.get("PEER_FORGETS")))
    for name, value in json.loads(os.environ.get("PEER_KNOWS", "{}")).items():
        setattr(provider, name, value)
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PEER_PORT", "0"))), _handler(provider))
    scheme = "http"
    if files := sys.argv[1:]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(files[1], files[0])
        server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    server.daemon_threads = True
    server.block_on_close = False
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    print(f"{scheme}://127.0.0.1:{server.server_address[1]}", flush=True)
    sys.stdin.read()
    server.shutdown()


def _told(provider: Provider, what: str, told: Any) -> Any:
    if what == "post":
        return _posted(told["url"], told["payload"])
    with provider.lock:
        if what == "then":
            provider.then += told
        elif what == "number":
            provider.numbers[told["end"]] = told["code"]
        elif what == "give":
            setattr(provider, told["name"], told["value"])
        elif what == "state":
            return {"calls": provider.calls, "taken": provider.taken}
    return None


def _posted(url: str, payload: Any) -> tuple[int, str]:
    request = urllib.request.Request(
        url, data=json.dumps(payload).encode(), headers={"Content-Type": "application/json"}, method="POST"
    )
    try:
        with _DIRECT.open(request, timeout=30) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""


def _handler(told: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        provider = told

    return Handler


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer goes in one piece: in two, each waits for the other side's acknowledgement
    provider: Provider

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        if parts.path.startswith(CONTROL):
            self._give(200, json.dumps(_told(self.provider, parts.path.removeprefix(CONTROL), json.loads(body))))
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        self._play(Call(self.command, parts.path, query, headers, body))

    def _play(self, call: Call) -> None:
        provider = self.provider
        action = provider.action(call)
        with provider.lock:
            provider.calls.append({"action": action, "query": call.query, "body": call.body.decode()})
            deed = provider.then.pop(0) if provider.then and action in provider.takes else {"do": "take"}
        do = deed["do"]
        if do == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        status, answer = (200, {}) if do in {"cut", "hang", "answer"} else self._take(action, call)
        if do == "die after":
            os.kill(os.getpid(), signal.SIGKILL)
        elif do.startswith("cut"):
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        elif do.startswith("hang"):
            threading.Event().wait()
        elif do.startswith("answer"):
            self._give(deed.get("status", 200), deed.get("body", ""), deed.get("type", "text/html"))
        else:
            self._give(status, json.dumps(answer))

    def _take(self, action: str, call: Call) -> tuple[int, dict[str, Any]]:
        try:
            with self.provider.lock:
                self.provider.check(call)
                return 200, self.provider.play(action, call)
        except Refused as refused:
            return refused.status, self.provider.error(refused)

    def _give(self, status: int, text: str, kind: str = "application/json") -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""
