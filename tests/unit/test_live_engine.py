"""How the engine `async` reads a warehouse's work table."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

from dbt_llm.engines.live import _SLICE_ROWS, _Work
from dbt_llm.warehouses import Warehouse


class SlowWarehouse:
    """A work table of two slices and a rest. `read`: set once the second slice is asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.read = threading.Event()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        first = _SLICE_ROWS * len(self.asked)
        self.asked.append(query)
        if len(self.asked) == 2:
            self.read.set()
        return [(f"key {n}", "prompt", 0, 0) for n in range(first, min(first + _SLICE_ROWS, 2 * _SLICE_ROWS + 5))]


def test_a_slice_is_read_while_the_one_before_it_is_asked() -> None:
    warehouse = SlowWarehouse()
    found: list[str] = []

    async def consume(work: _Work) -> None:
        async for requests in work.slices():
            # Before it is asked for: else this would wait for ever.
            assert await asyncio.to_thread(warehouse.read.wait, 10)
            found.extend(request.key for request in requests)

    with ThreadPoolExecutor(1) as session:
        asyncio.run(consume(_Work(cast(Warehouse, warehouse), "work", session)))
    assert found == [f"key {n}" for n in range(2 * _SLICE_ROWS + 5)]
    assert len(warehouse.asked) == 4
