"""A loopback server that keeps what it is sent, to the byte, and answers as it is told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Sent:
    """One request. `path`: as it stood on the wire. Header names are lower case. Times are monotonic."""

    path: str
    headers: dict[str, str]
    content: bytes
    began_at: float
    ended_at: float = 0.0

    @property
    def body(self) -> Any:
        return json.loads(self.content)


Answer = tuple[int, Any] | tuple[int, Any, Mapping[str, str]]


@dataclass
class Wire:
    """Used as a context manager. `answer` gets each request and returns a status, a body and headers."""

    answer: Callable[[Sent], Answer]
    sent: list[Sent] = field(default_factory=list)
    origin: str = ""

    def __enter__(self) -> Wire:
        wire = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Sent(self.path, headers, content, time.monotonic())
                wire.sent.append(request)
                status, body, *more = wire.answer(request)
                reply = json.dumps(body).encode()
                request.ended_at = time.monotonic()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(reply)))
                for name, value in (more[0] if more else {}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(reply)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            request_queue_size = 128
            daemon_threads = True

        self._server = Server(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
