"""Which requests the tasks of this process are answering now, so that no two of them pay for one request."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable

__all__ = ["Claims", "claims_on"]

_registry: dict[str, Claims] = {}
_registry_lock = threading.Lock()


class Claims:
    """The claims on the requests of one responses table. Used from any thread.

    A task claims a request before it sends it, and gives it back once the response is committed: so whoever gets a
    claim, and then finds no response of this invocation, may send the request.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owners: dict[str, object] = {}
        self._tasks = 0

    @property
    def had_other_tasks(self) -> bool:
        """Whether more than one task has joined, so that there may be responses that a task did not see."""
        return self._tasks > 1

    def join(self) -> None:
        """Count a task in."""
        with self._lock:
            self._tasks += 1

    def claim(self, owner: object, keys: Iterable[str]) -> set[str]:
        """Claim requests by their keys; return those that no other task has claimed."""
        with self._lock:
            return {key for key in keys if self._owners.setdefault(key, owner) is owner}

    def give_back(self, owner: object, keys: Iterable[str]) -> None:
        """End claims of a task: the responses are committed.

        Another task's stay: it may have claimed what this one held back, and keeps only now.
        """
        with self._lock:
            for key in keys:
                if self._owners.get(key) is owner:
                    del self._owners[key]

    def settle(self, keys: Iterable[str]) -> None:
        """End claims, whoever's they are: what an ended task has left is taken in by another."""
        with self._lock:
            for key in keys:
                self._owners.pop(key, None)

    def give_back_all(self, owner: object, but: Collection[str] = ()) -> None:
        """End every claim of a task. `but`: leave these, as they are answered and not to be seen yet."""
        with self._lock:
            for key in [key for key, holder in self._owners.items() if holder is owner and key not in but]:
                del self._owners[key]


def claims_on(relation: str) -> Claims:
    """The claims on the requests of the responses table with this name; one object for the whole process."""
    with _registry_lock:
        return _registry.setdefault(relation, Claims())
