"""The lines that calls go over, and what ties an answer to its call.

HTTP/1.1 has nothing but the order on a line: an answer that comes twice is taken for the next call's, and every later
one on that line is shifted by one. So a line is used again only where nothing can have been left on it.
"""

from __future__ import annotations

import functools
from collections.abc import Coroutine, Mapping
from typing import Any

import aiohttp
from aiohttp.client_proto import ResponseHandler

__all__ = ["Ids", "Line", "LineResponse", "Lines", "id_of"]

_ID_HEADERS = ("x-request-id", "request-id", "x-amzn-requestid")


class Line(ResponseHandler):
    """One connection. Bytes that come while no call is out close it."""

    def __init__(self, loop: Any) -> None:
        super().__init__(loop=loop)
        self.last_id: str | None = None
        """The id of the last answer that came over it."""
        self.place: Any = None
        """Where it is kept between calls; None while a call is out."""
        self._is_asked = False

    def set_response_params(self, **params: Any) -> None:
        self._is_asked = True
        super().set_response_params(**params)

    def data_received(self, data: bytes) -> None:
        if data and not self._is_asked:
            self.force_close()
            self.close()
        else:
            super().data_received(data)

    def rest(self, place: Any) -> None:
        """Wait for the verdict on the answer that has come."""
        self._is_asked = False
        self.place = place


class LineResponse(aiohttp.ClientResponse):
    """A response that knows its line."""

    line: Line

    def start(self, connection: Any) -> Coroutine[Any, Any, aiohttp.ClientResponse]:
        self.line = connection.protocol
        return super().start(connection)


class Lines(aiohttp.TCPConnector):
    """Keeps a line for the next call only once somebody has vouched for it; aiohttp would as soon as a body has ended."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._factory: Any = functools.partial(Line, loop=self._loop)

    def _release(self, key: Any, protocol: Any, *, should_close: bool = False) -> None:
        if should_close or not isinstance(protocol, Line) or protocol.should_close:
            super()._release(key, protocol, should_close=should_close)
        else:
            protocol.rest(key)

    def close_idle(self) -> None:
        """Close the lines that wait for a call."""
        for kept in self._conns.values():
            for line, _ in kept:
                line.force_close()
                line.close()

    def abandon(self) -> None:
        """Own no line any more, open as they are."""
        self._conns.clear()
        self._acquired.clear()
        self._closed = True

    def let_go(self, line: Line, *, is_sound: bool) -> None:
        """End a call. `is_sound`: the line can be used again."""
        place, line.place = line.place, None
        if not is_sound:
            line.force_close()
        if place is not None:
            super()._release(place, line, should_close=not is_sound)


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
