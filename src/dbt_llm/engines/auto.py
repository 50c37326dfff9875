"""The engine `auto`: live calls, a provider's flex tier or its Batch API, whichever is cheapest and ends in time."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..client import ConfigurationError, Endpoint, host
from ..client.forms import form_of
from ..client.limits import FIRST_OUTPUT_TOKENS
from ..contract import PromptTemplate
from ..macros import EngineAnswers, Macros
from ..order import Order
from ..warehouses import Warehouse
from .batched import BatchEngine
from .live import LiveEngine

__all__ = ["BATCH_HOURS", "SMALLEST_SAVING_USD", "AutoEngine", "Choice", "Load", "choose", "deadline_hours"]

BATCH_HOURS = 24.0
"""What every provider gives itself for a batch job."""
SMALLEST_SAVING_USD = 0.01
"""Not worth waiting a day for."""

_BYTES_PER_TOKEN = 4
_FEWEST_CACHED_TOKENS = 1024
"""No provider's prompt cache takes a shorter beginning. (OpenAI, Anthropic: documentation read 2026-11)"""
_SECONDS_PER_CALL = 2.0
_SECONDS_PER_FLEX_CALL = 300.0
"""A flex tier answers when there is room: Google's aims at 1 to 15 minutes. (Gemini API, optimization, read 2026-11)"""
_UNPRICED_OUTPUT_WEIGHT = 4.0
"""Where no prices are stated: an output token costs about four input tokens with every provider."""
_UNITS = {"m": 1 / 60, "min": 1 / 60, "minutes": 1 / 60, "h": 1.0, "hours": 1.0, "d": 24.0, "days": 24.0}


@dataclass(frozen=True)
class Load:
    """What there is to answer: requests, and tokens of a mean one. `prefix_tokens`: those that all prompts begin with.

    `inputs_per_call`: how many requests a live call has.
    """

    requests: int
    input_tokens: float
    output_tokens: float
    prefix_tokens: float
    inputs_per_call: float = 1


@dataclass(frozen=True)
class Choice:
    """`engine`: async or batch. `reason`: why, as the end of a sentence. `is_flex`: live calls in the provider's flex tier."""

    engine: str
    reason: str
    is_flex: bool = False

    @property
    def lane(self) -> str:
        """What is taken, in one word."""
        return "flex" if self.is_flex else self.engine


def deadline_hours(text: object) -> float:
    """The hours of a deadline such as `24h`, `90m`, `2d`; a bare number is minutes. Raises `ConfigurationError`."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*", str(text).lower())
    unit = _UNITS.get((found[2] or "m") if found else "")
    if found is None or unit is None or float(found[1]) == 0:
        raise ConfigurationError([f"the deadline is wrong. Expected hours or minutes such as '24h' or '90m'; got '{text}'."])
    return float(found[1]) * unit


def choose(
    load: Load,
    live: Endpoint,
    batch_discount: float,
    hours: float,
    min_requests: int = 1,
    flex_discount: float | None = None,
) -> Choice:
    """Pick by time, then by price. `hours`: until the deadline. `live`: the endpoint at the prices of live calls.

    `flex_discount`: of the provider's flex tier; None: it has none. At a batch's price it goes before a batch, as it answers now.
    """
    choice = _live_or_batch(load, live, batch_discount, hours, min_requests)
    if flex_discount is None or _hours_of_calls(load, live, _SECONDS_PER_FLEX_CALL) > hours:
        return choice
    live_cost, batch_cost, is_priced = _costs(load, live, batch_discount)
    flex_cost = live_cost * (1 - flex_discount)
    if choice.engine == "batch":
        saves = flex_cost <= batch_cost
    else:
        saves = live_cost - flex_cost >= (SMALLEST_SAVING_USD if is_priced else 0.0) and flex_discount > 0
    if not saves:
        return choice
    costs = f"{live_cost:,.2f} USD live, {batch_cost:,.2f} as a batch, {flex_cost:,.2f} in the flex tier"
    if not is_priced:
        costs = f"the flex tier is {flex_discount:.0%} cheaper than live calls; no prices are stated"
    return Choice("async", costs, is_flex=True)


def _live_or_batch(load: Load, live: Endpoint, batch_discount: float, hours: float, min_requests: int) -> Choice:
    live_hours = _hours_of_calls(load, live, _SECONDS_PER_CALL)
    if hours < BATCH_HOURS:
        return Choice("async", f"a batch may take {BATCH_HOURS:.0f} h, and {_hours(hours)} are allowed")
    if load.requests < min_requests:
        return Choice("async", f"a batch has {min_requests:,} requests at least, and {load.requests:,} are pending")
    if live_hours > hours:
        return Choice(
            "batch", f"live calls would take {_hours(live_hours)} at the endpoint's rates, and {_hours(hours)} are allowed"
        )
    live_cost, batch_cost, is_priced = _costs(load, live, batch_discount)
    if not is_priced:
        if live_cost <= batch_cost:
            return Choice(
                "async",
                "with the shared beginning of the prompts cached, live calls cost less than a batch; no prices are stated",
            )
        return Choice("batch", f"it is {batch_discount:.0%} cheaper, and {_hours(hours)} are allowed; no prices are stated")
    costs = f"{live_cost:,.2f} USD live against {batch_cost:,.2f} as a batch"
    if live_cost <= batch_cost:
        return Choice("async", f"{costs}, as the shared beginning of the prompts is cached")
    if live_cost - batch_cost < SMALLEST_SAVING_USD:
        return Choice("async", f"{costs}, which saves less than a cent")
    return Choice("batch", f"{costs}, and {_hours(hours)} are allowed")


def _hours_of_calls(load: Load, endpoint: Endpoint, seconds_per_call: float) -> float:
    calls = load.requests / load.inputs_per_call
    minutes = calls * seconds_per_call / endpoint.max_in_flight / 60
    if endpoint.requests_per_minute is not None:
        minutes = max(minutes, calls / endpoint.requests_per_minute)
    if endpoint.tokens_per_minute is not None:
        minutes = max(minutes, load.requests * (load.input_tokens + load.output_tokens) / endpoint.tokens_per_minute)
    return minutes / 60


def _costs(load: Load, endpoint: Endpoint, batch_discount: float) -> tuple[float, float, bool]:
    """What all of it costs live and as a batch, and whether that is dollars. No cache is counted on in a batch."""
    cached = load.prefix_tokens if load.prefix_tokens >= _FEWEST_CACHED_TOKENS else 0.0
    whole = endpoint.cost_usd(load.input_tokens, load.output_tokens)
    with_cache = endpoint.cost_usd(load.input_tokens, load.output_tokens, cached)
    if whole is None or with_cache is None:
        whole = load.input_tokens + _UNPRICED_OUTPUT_WEIGHT * load.output_tokens
        with_cache = whole
    return load.requests * with_cache, load.requests * whole * (1 - batch_discount), endpoint.is_priced


def _hours(hours: float) -> str:
    return f"{hours:,.0f} h" if hours >= 2 else f"{hours * 60:,.0f} min"


class AutoEngine:
    """An `Engine` that asks one of two others, each time that there is something pending; it collects in any case.

    The flex tier is the first of them, on other terms.
    """

    def __init__(self, order: Order, warehouse: Warehouse) -> None:
        """Raises `ConfigurationError` where the endpoint has not both entries, or they are not for one language model."""
        self._live = LiveEngine(order, warehouse)
        self._batch = BatchEngine(order, warehouse)
        names = (self._live.entry["model_name"], self._batch.entry["model_name"])
        if names[0] != names[1]:
            raise ConfigurationError(
                [
                    f"the endpoint '{order.llm.get('endpoint')}' names two language models. Expected one model_name below"
                    f" 'async' and 'batch', as an answer is known by it; got '{names[0]}' and '{names[1]}'."
                ]
            )
        self.entry = self._live.entry
        self._hours = deadline_hours(order.llm.get("deadline", "24h"))
        self._order = order
        self._warehouse = warehouse
        self._chosen = "auto"

    def answers(self) -> EngineAnswers:
        return {
            **self._batch.answers(),
            "_engine_name": lambda: self._chosen,
            "_endpoint_faults": self._check,
            "_reserves_for_run": lambda: "next_run" if self._chosen == "batch" else self._live.reserves_for_run(),
            "_complete_relation": self._complete,
        }

    def _check(self, task: Mapping[str, Any]) -> list[str]:
        """What is wrong with the endpoint; where nothing is, the choice is made, before budgets are asked for room."""
        faults = self._live.check(task)
        if not faults:
            work = self._order.this.beside("__dbt_llm_requests")
            choice, requests = self._choose(task, work)
            self._chosen = choice.engine
            if choice.is_flex:
                self._live.take_flex()
            host.info(f"{task['name']}: engine auto takes {choice.lane} for {requests:,} requests: {choice.reason}")
        return faults

    def _complete(self, work: Any, responses: Any, task: Mapping[str, Any], run: Mapping[str, Any]) -> dict[str, Any]:
        if self._chosen == "batch":
            return self._batch.submit(task, work, run)
        return _sum(self._live.complete(work, responses, task, run), self._batch.take_collected())

    def _choose(self, task: Mapping[str, Any], work: Any) -> tuple[Choice, int]:
        endpoint = Endpoint.from_options(str(self._order.llm.get("endpoint")), self.entry)
        load = self._load(task, work, endpoint)
        least = self._batch.provider(task).limits.min_requests
        discount = self._batch.options.batch_discount
        # No flex tier makes embeddings.
        flex_discount = self._live.flex_discount if task.get("dimensions") is None else None
        return choose(load, endpoint, discount, self._hours, least, flex_discount), load.requests

    def _load(self, task: Mapping[str, Any], work: Any, endpoint: Endpoint) -> Load:
        prefix = PromptTemplate(task["prompt"]).prefix()
        dimensions = task.get("dimensions")
        form = form_of(endpoint, task["model_parameters"], task["response_schema"], prefix, dimensions=dimensions)
        length = Macros(self._warehouse.adapter, {}).call("text_length", "prompt")
        [(requests, letters)] = self._warehouse.rows(f"select count(*), coalesce(sum({length}), 0) from {work}")
        responses = self._order.relations["dbt_llm__responses"]
        # The name is dbt's of a model: letters, digits and underscores.
        [(mean,)] = self._warehouse.rows(
            f"select avg(output_tokens) from {responses} where task = '{task['name']}' and status = 'succeeded'"
        )
        shared = form.constant_bytes + len(prefix.encode())
        expected = form.max_output_tokens if mean is None else mean
        return Load(
            requests=int(requests),
            input_tokens=(float(letters) / max(int(requests), 1) + form.constant_bytes) / _BYTES_PER_TOKEN,
            output_tokens=float(FIRST_OUTPUT_TOKENS if expected is None else expected),
            prefix_tokens=math.floor(shared / _BYTES_PER_TOKEN),
            inputs_per_call=1 if dimensions is None else endpoint.inputs_per_call,
        )


def _sum(outcome: dict[str, Any], collected: Mapping[str, Any]) -> dict[str, Any]:
    """The outcome of live calls with what was collected in the same run."""
    for name in ("succeeded", "failed", "input_tokens", "output_tokens"):
        outcome[name] += collected[name]
    if outcome["cost_usd"] is not None and collected["cost_usd"] is not None:
        outcome["cost_usd"] += collected["cost_usd"]
    return outcome
