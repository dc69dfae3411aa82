"""A real web server and many connections that press its buttons."""

import asyncio
import http.cookiejar
import os
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.site import free_port

CONNECTIONS = 32
WORKERS, THREADS = 2, 8
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
ROOT = Path(__file__).resolve().parent.parent.parent

Answer = tuple[int, str]
Errand = Generator[bytes, Answer, bool]
"""Requests one after the other; each is answered with status and Location. It ends with whether it came off."""


@contextmanager
def serving(application: str, environment: dict[str, str], *, python: str = sys.executable) -> Iterator[int]:
    """granian as `make web` starts it; yields its port once it answers."""
    port = free_port()
    command = [python, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--no-access-log"]
    command += ["--workers", str(WORKERS), "--blocking-threads", str(THREADS), "--log-level", "error", application]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment)
    try:
        for _try in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
                break
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(30)


@dataclass(frozen=True)
class Browser:
    """Somebody logged in: the cookies, and the token of the form they have open."""

    port: int
    cookies: str
    token: str

    @classmethod
    def log_in(cls, port: int, username: str, password: str, *, login: str, form: str) -> "Browser":
        """Log in through the page and open the form."""
        jar = http.cookiejar.CookieJar()
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        base = f"http://127.0.0.1:{port}"
        page = opener.open(base + login).read().decode()
        typed = {"username": username, "password": password, "csrfmiddlewaretoken": TOKEN.findall(page)[0]}
        opener.open(base + login, urllib.parse.urlencode(typed).encode()).read()
        token = TOKEN.findall(opener.open(base + form).read().decode())[0]
        return cls(port, "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar), token)

    def post(self, path: str, **fields: object) -> bytes:
        """The request a browser sends for this form."""
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": self.token, **fields}).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: {self.cookies}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def run(port: int, errands: Sequence[Errand], *, at_once: bool = False) -> tuple[float, int]:
    """Have 32 connections do the errands; return how many came off a second, and how many came off.

    `at_once` opens every connection before the first request goes out.
    """
    return asyncio.run(_run(port, errands, at_once=at_once))


async def _run(port: int, errands: Sequence[Errand], *, at_once: bool) -> tuple[float, int]:
    waiting = iter(errands)
    came_off: Counter[bool] = Counter()
    gate = asyncio.Barrier(CONNECTIONS)

    async def connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        if at_once:
            await gate.wait()
        for errand in waiting:
            came_off[await _do(errand, reader, writer)] += 1
        writer.close()

    begun = time.perf_counter()
    await asyncio.gather(*(connection() for _number in range(CONNECTIONS)))
    return came_off[True] / (time.perf_counter() - begun), came_off[True]


async def _do(errand: Errand, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    request = next(errand)
    while True:
        writer.write(request)
        answer = await _answer(reader)
        try:
            request = errand.send(answer)
        except StopIteration as end:
            return bool(end.value)


async def _answer(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.split("\r\n")
    headers = {name.lower(): value.strip() for name, _colon, value in (line.partition(":") for line in lines if line)}
    if "content-length" in headers:
        await reader.readexactly(int(headers["content-length"]))
    elif headers.get("transfer-encoding") == "chunked":
        while size := int((await reader.readline()).strip() or b"0", 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    return int(first.split()[1]), headers.get("location", "")
