"""The lines that calls go over, and what ties an answer to its call.

HTTP/1.1 has nothing but the order on a line: an answer that comes twice is taken for the next call's, and every later
one on that line is shifted by one. So a line is used again only where nothing can have been left on it.
"""

from __future__ import annotations

import asyncio
import zlib
from collections import deque
from collections.abc import Mapping
from functools import partial
from typing import Any

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.http_exceptions import HttpProcessingError
from yarl import URL

__all__ = ["Ids", "Line", "Lines", "id_of"]

_CONNECT_S = 10.0
# Servers close idle connections after 5 s (uvicorn's default); a call on a closing one is lost.
_KEEP_ALIVE_S = 4.0
# A gateway's policies and cookies pass aiohttp's own 8 KiB.
_MOST_HEADER_BYTES = 64 << 10
_MOST_BYTES = 16 << 20
"""Of an answer: 64 of them at once are a gigabyte, and no completion comes near it."""
_ID_HEADERS = ("x-request-id", "request-id", "x-amzn-requestid")
_OF_A_BODY = frozenset({"content-length", "transfer-encoding", "content-type"})


class Line(ResponseHandler):
    """One connection, for one call at a time. Bytes that come while no call is out close it."""

    def __init__(self, loop: Any) -> None:
        super().__init__(loop=loop)
        self.last_id: str | None = None
        """The id of the last answer that came over it."""
        self.rests_since = 0.0
        self._is_asked = False
        self._arriving: aiohttp.StreamReader | None = None

    def set_response_params(self, **params: Any) -> None:
        self._is_asked = True
        super().set_response_params(**params)

    def data_received(self, data: bytes) -> None:
        if data and not self._is_asked:
            self.force_close()
            self.close()
        else:
            super().data_received(data)

    async def ask(self, request: bytes, deadline: float) -> tuple[int, Mapping[str, str], bytes | None]:
        """Send a request; return status, headers and body of the answer, None for one that is larger than any may be.

        `deadline`: by the loop's clock. Raises `aiohttp.ClientError`, `OSError` or `asyncio.TimeoutError` where no whole
        answer came.
        """
        if self.transport is None:
            raise aiohttp.ServerDisconnectedError
        self.set_response_params(
            read_until_eof=True,
            # What comes compressed all the same is unpacked here, as far as it may be.
            auto_decompress=False,
            max_line_size=_MOST_HEADER_BYTES,
            max_field_size=_MOST_HEADER_BYTES,
        )
        timer = self._loop.call_at(deadline, self._expire)
        try:
            self.transport.write(request)
            while True:
                head, payload = await self.read()
                # 103 and the like come before the answer.
                if not 100 <= head.code < 200 or head.code == 101:
                    break
            self._arriving = payload
            return head.code, head.headers, await _content(head.headers, payload)
        except HttpProcessingError as error:
            # Its words quote what came.
            raise aiohttp.ClientConnectionError("no answer of HTTP") from error
        finally:
            timer.cancel()
            self._arriving = None

    def rest(self) -> None:
        """Wait for the next call."""
        self._is_asked = False
        self.rests_since = self._loop.time()

    def _expire(self) -> None:
        error = asyncio.TimeoutError()
        self.set_exception(error)
        if self._arriving is not None:
            self._arriving.set_exception(error)


class Lines:
    """The lines to one address. A line is kept for the next call once somebody has vouched for it.

    aiohttp connects, through proxies and TLS, and reads the answers. Calls are written here: its `ClientSession` takes a
    third of a run's CPU time for what is the same in every call (decision 40).
    """

    def __init__(self, url: URL, headers: Mapping[str, str], ssl: Any, proxy: str | None) -> None:
        """`url`: of all calls, encoded. `headers`: of all calls. `ssl`: as aiohttp takes it."""
        loop = asyncio.get_running_loop()
        self._connector = _Connector(limit=0, ssl=ssl)
        self._request = aiohttp.ClientRequest("POST", url, headers=headers, loop=loop, proxy=URL(proxy) if proxy else None)
        is_relayed = proxy is not None and url.scheme == "http"
        self._first = f"POST {url.with_fragment(None) if is_relayed else url.raw_path_qs} HTTP/1.1\r\n"
        self._loop = loop
        self._idle: deque[Line] = deque()
        self._head: tuple[Mapping[str, str], bytes] | None = None

    async def take(self, deadline: float) -> Line:
        """A line for a call. Raises `aiohttp.ClientError` or `OSError` where there is none until then."""
        while self._idle:
            line = self._idle.pop()
            if line.is_connected() and not line.should_close and not self._is_stale(line):
                return line
            line.close()
        timeout = aiohttp.ClientTimeout(connect=max(deadline - self._loop.time(), 0.001), sock_connect=_CONNECT_S)
        try:
            connection = await self._connector.connect(self._request, [], timeout)
        except asyncio.TimeoutError as error:
            raise aiohttp.ConnectionTimeoutError(f"Connection timeout to host {self._request.url}") from error
        # With the first line it has the headers that a proxy asks for.
        self._head = None
        made = connection.protocol
        assert isinstance(made, Line)
        connection.release()
        return made

    def request(self, headers: Mapping[str, str], body: bytes) -> bytes:
        """A call as it goes over a line. `headers`: of this call, beside those of all.

        Raises `ValueError` for a line break in one.
        """
        if self._head is None or self._head[0] != headers:
            self._head = dict(headers), self._encode(headers)
        return b"%bContent-Length: %d\r\n\r\n%b" % (self._head[1], len(body), body)

    def let_go(self, line: Line, *, is_sound: bool) -> None:
        """End a call. `is_sound`: the line can be used again."""
        while self._idle and self._is_stale(self._idle[0]):
            self._idle.popleft().close()
        if is_sound and not line.should_close:
            line.rest()
            self._idle.append(line)
        else:
            line.close()

    def close_idle(self) -> None:
        """Close the lines that wait for a call."""
        while self._idle:
            self._idle.pop().close()

    async def close(self) -> None:
        """Close all lines."""
        self.close_idle()
        await self._connector.close()

    def abandon(self) -> None:
        """Own no line any more, open as they are."""
        self._idle.clear()
        self._connector.abandon()

    def _is_stale(self, line: Line) -> bool:
        return self._loop.time() - line.rests_since > _KEEP_ALIVE_S

    def _encode(self, headers: Mapping[str, str]) -> bytes:
        merged = self._request.headers.copy()
        for name in _OF_A_BODY:
            merged.pop(name, None)
        merged.update(headers)
        for name, value in merged.items():
            if any(character in name or character in value for character in "\r\n\0"):
                raise ValueError(f"a line break in the header {name!r}")
        return (self._first + "".join(f"{name}: {value}\r\n" for name, value in merged.items())).encode()


class _Connector(aiohttp.TCPConnector):
    """Makes lines, and keeps none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._factory: Any = partial(Line, loop=self._loop)

    def _release(self, key: Any, protocol: Any, *, should_close: bool = False) -> None:
        self._release_acquired(key, protocol)
        if should_close:
            protocol.close()

    def abandon(self) -> None:
        self._acquired.clear()
        self._closed = True


async def _content(headers: Mapping[str, str], payload: aiohttp.StreamReader) -> bytes | None:
    """The body, unpacked; None where it is larger than any answer."""
    packing = headers.get("Content-Encoding")
    length = headers.get("Content-Length", "")
    if packing is None and length.isdigit() and int(length) <= _MOST_BYTES:
        return await payload.read()
    read = bytearray()
    async for piece in payload.iter_any():
        read += piece
        if len(read) > _MOST_BYTES:
            return None
    if packing is None or packing.lower() not in ("gzip", "deflate"):
        return bytes(read)
    unpack = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    try:
        unpacked = unpack.decompress(read, _MOST_BYTES)
    except zlib.error as error:
        raise aiohttp.ClientPayloadError(f"not {packing}") from error
    return None if unpack.unconsumed_tail else unpacked


class Ids:
    """The ids of one server's answers: whether an answer is a copy, and whether its line can be used again.

    A copy that comes before the next call is sent closes its line; one that comes after it has the id of the answer before
    it. Without ids that differ nothing tells a copy, and each call has a line of its own; so it has where one copy was seen.
    """

    def __init__(self) -> None:
        self._do_tell = True
        self._latest: tuple[str, Line] | None = None

    def judge(self, line: Line, answer_id: str | None) -> tuple[bool, bool]:
        """`(is_copy, is_sound)` of an answer and its line."""
        if answer_id is None:
            return False, False
        if not self._do_tell:
            # Only what is the first on its line is sure.
            return line.last_id is not None, False
        if answer_id == line.last_id or (self._latest is not None and self._latest[0] == answer_id):
            # It sends copies, or has but one id.
            self._do_tell = False
            return True, False
        line.last_id = answer_id
        self._latest = answer_id, line
        return False, True


def id_of(headers: Mapping[str, str], body: Any) -> str | None:
    """What an answer is told from all others by: its own id, or else the one that a header gives to the call."""
    if isinstance(body, dict):
        for name in ("id", "responseId"):
            value = body.get(name)
            if isinstance(value, str) and value:
                return value
    return next(filter(None, map(headers.get, _ID_HEADERS)), None)
