"""What one run may spend, what all runs of this process may spend together, and what is spent and set aside."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, get_args

from .endpoint import Endpoint
from .errors import ConfigurationError

__all__ = ["FIRST_OUTPUT_TOKENS", "Amounts", "Budget", "BudgetTerms", "Limits", "SharedBudget", "Unit", "shared_budget"]

FIRST_OUTPUT_TOKENS = 256
"""Expected of a request, where neither its parameters nor an answer tell."""
_BYTES_PER_TOKEN = 4


@dataclass(frozen=True)
class Limits:
    """The most that one run may send, read, write and spend; None: no such limit."""

    requests: float | None = None
    input_tokens: float | None = None
    output_tokens: float | None = None
    cost_usd: float | None = None

    @classmethod
    def from_options(cls, options: Mapping[str, Any], endpoint: Endpoint) -> Limits:
        """Check a `limits` mapping. Raises `ConfigurationError` with every fault that it has."""
        known = [field.name for field in fields(cls)]
        faults = [f"limits has '{name}'. Expected one of {', '.join(known)}." for name in options if name not in known]
        for name, value in options.items():
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if name in known and value is not None and not (is_number and value >= 0):
                faults.append(f"limits.{name} is wrong. Expected a number from 0 on; got '{value}'.")
        if options.get("cost_usd") is not None and not endpoint.is_priced:
            faults.append(
                f"limits.cost_usd cannot be kept. Expected prices; endpoint '{endpoint.name}' has"
                " none. Add input_usd_per_million_tokens and output_usd_per_million_tokens to it."
            )
        if faults:
            raise ConfigurationError(faults)
        return cls(**options)


@dataclass(slots=True)
class Amounts:
    """So many requests, tokens and USD. The fields that `Limits` limits have its names."""

    requests: int = 0
    input_tokens: float = 0.0
    output_tokens: float = 0.0
    cost_usd: float = 0.0
    quarter_bytes: float = 0.0
    """The input tokens before they were corrected by what the endpoint counts."""

    @property
    def tokens(self) -> float:
        """Input and output tokens."""
        return self.input_tokens + self.output_tokens

    @classmethod
    def total(cls, amounts: Iterable[Amounts]) -> Amounts:
        """Their sum."""
        total = cls()
        for one in amounts:
            _add(total, one, 1)
        return total


class Budget:
    """Estimates each request, sets that aside, and settles it when the real usage is known.

    What is spent and set aside together never passes a limit, nor a budget that other runs spend too. An estimate takes
    four UTF-8 bytes for an input token, corrected upwards by what the endpoint has counted, and for the output the
    largest that the model parameters allow, or else the mean seen so far.
    """

    def __init__(
        self,
        limits: Limits,
        endpoint: Endpoint,
        *,
        constant_bytes: int = 0,
        cached_bytes: int = 0,
        max_output_tokens: int | None = None,
        budgets: Sequence[BudgetTerms] = (),
        invocation_id: str | None = None,
    ) -> None:
        """`constant_bytes`: of the text that each request carries besides its prompt; `cached_bytes`: as the form's.

        `invocation_id`: of the dbt invocation, whose tasks share what they know of the budgets.
        """
        self._endpoint = endpoint
        self._caps = [(field.name, cap) for field in fields(limits) if (cap := getattr(limits, field.name)) is not None]
        self._constant_bytes = constant_bytes
        self._cached_tokens = math.ceil(cached_bytes / _BYTES_PER_TOKEN)
        self._max_output_tokens = max_output_tokens
        self._spent = Amounts()
        self._set_aside = Amounts()
        self._counted = Amounts()
        self._terms = budgets
        self._invocation_id = invocation_id
        self._shared: list[SharedBudget] = []

    def open(self, listener: Callable[[], None]) -> None:
        """Share the budgets with the other runs; `listener` is told when one of them has more room."""
        self._shared = [shared_budget(terms, self._invocation_id) for terms in self._terms]
        for budget in self._shared:
            budget.join(listener)

    def close(self, listener: Callable[[], None]) -> None:
        """End what `open` began, and free what was set aside for requests that were given up."""
        for budget in self._shared:
            budget.leave(listener)
            budget.let_go(getattr(self._set_aside, budget.terms.unit), self._set_aside.requests)
        self._shared = []

    def estimate(self, prompt: str) -> Amounts:
        """What a request with this prompt will use at most, as far as can be known."""
        # A text knows of itself whether it is ASCII; only others are encoded for their size.
        size = (len(prompt) if prompt.isascii() else len(prompt.encode("utf-8", "surrogatepass"))) + self._constant_bytes
        quarter_bytes = input_tokens = math.ceil(size / _BYTES_PER_TOKEN)
        counted = self._counted
        if counted.input_tokens > counted.quarter_bytes:
            input_tokens = math.ceil(quarter_bytes * counted.input_tokens / counted.quarter_bytes)
        if self._max_output_tokens is not None:
            output_tokens = self._max_output_tokens
        elif counted.requests:
            output_tokens = math.ceil(counted.output_tokens / counted.requests)
        else:
            output_tokens = FIRST_OUTPUT_TOKENS
        # Until something has been counted, each may be the one that pays for the write.
        written = min(self._cached_tokens, input_tokens) if not counted.requests else 0
        cost = self._endpoint.cost_usd(input_tokens, output_tokens, 0, written) or 0.0
        return Amounts(1, input_tokens, output_tokens, cost, quarter_bytes)

    def lacks(self, amounts: Amounts) -> str | None:
        """The limit or budget that this does not fit into, as `limit:<name>` or `budget:<name>`, if there is one."""
        for name, cap in self._caps:
            taken = getattr(self._spent, name) + getattr(self._set_aside, name)
            # Sums of floating point numbers drift; a billionth of a dollar is none.
            if taken + getattr(amounts, name) > cap + 1e-9:
                return f"limit:{name}"
        for budget in self._shared:
            if not budget.has_room_for(getattr(amounts, budget.terms.unit)):
                return f"budget:{budget.terms.name}"
        return None

    def set_aside(self, amounts: Amounts) -> str | None:
        """Set this aside; or return what `lacks` returns."""
        name = self.lacks(amounts)
        if name is None:
            _add(self._set_aside, amounts, 1)
            for budget in self._shared:
                budget.reserve(getattr(amounts, budget.terms.unit))
        return name

    def may_fit_later(self, amounts: Amounts) -> bool:
        """Whether what is set aside for others may turn out to be enough for this one too."""
        in_flight = self._set_aside.requests + sum(budget.in_flight for budget in self._shared)
        return (
            in_flight > 0
            and all(self._may_fit(name, cap, amounts) for name, cap in self._caps)
            and all(budget.may_have_room_for(getattr(amounts, budget.terms.unit)) for budget in self._shared)
        )

    def _may_fit(self, name: str, cap: float, amounts: Amounts) -> bool:
        taken = getattr(self._spent, name) + getattr(amounts, name)
        # What is set aside may turn out to be less, but a request that is set aside is one.
        if name == "requests" or self._set_aside.requests == 0:
            taken += getattr(self._set_aside, name)
        return bool(taken <= cap + 1e-9)

    def settle(
        self, amounts: Amounts, input_tokens: int, output_tokens: int, cached_input_tokens: int = 0, cache_write_tokens: int = 0
    ) -> None:
        """Replace what was set aside by what the endpoint has counted."""
        used = self.used(amounts, input_tokens, output_tokens, cached_input_tokens, cache_write_tokens)
        self._replace(amounts, used)
        _add(self._counted, used, 1)

    def spend(self, amounts: Amounts) -> None:
        """Take what was set aside as spent: an answer without usage, or one that came too late."""
        self._replace(amounts, amounts)

    def spend_besides(self, used: Amounts) -> bool:
        """Spend `used` for a call of a request that is to be tried again; what is set aside for it is for its next call.

        Whether that fits; where it does not, nothing is changed, and the request may not be tried again.
        """
        more = replace(used, requests=0)
        if self.lacks(more) is not None:
            return False
        _add(self._spent, more, 1)
        for budget in self._shared:
            budget.spent += getattr(more, budget.terms.unit)
        return True

    def used(
        self, amounts: Amounts, input_tokens: int, output_tokens: int, cached_input_tokens: int = 0, cache_write_tokens: int = 0
    ) -> Amounts:
        """What the endpoint has counted, in the place of an estimate."""
        cost = self._endpoint.cost_usd(input_tokens, output_tokens, cached_input_tokens, cache_write_tokens) or 0.0
        return Amounts(amounts.requests, input_tokens, output_tokens, cost, amounts.quarter_bytes)

    def release(self, amounts: Amounts) -> None:
        """Free what was set aside for requests that failed and cost nothing."""
        self._replace(amounts, Amounts(requests=amounts.requests))

    def _replace(self, amounts: Amounts, used: Amounts) -> None:
        _add(self._set_aside, amounts, -1)
        _add(self._spent, used, 1)
        for budget in self._shared:
            budget.settle(getattr(amounts, budget.terms.unit), getattr(used, budget.terms.unit), amounts.requests)


def _add(total: Amounts, amounts: Amounts, sign: int) -> None:
    total.requests += sign * amounts.requests
    total.input_tokens += sign * amounts.input_tokens
    total.output_tokens += sign * amounts.output_tokens
    total.cost_usd += sign * amounts.cost_usd
    total.quarter_bytes += sign * amounts.quarter_bytes


Unit = Literal["requests", "cost_usd"]

_UNITS: tuple[str, ...] = get_args(Unit)
_KEYS = ("unit", "cap", "spent", "since")


@dataclass(frozen=True)
class BudgetTerms:
    """One budget as a run is told of it.

    `name`: as `stop_reason` has it after `budget:`. `cap`, `spent`: in `unit`, which is USD or requests. `since`: the
    day or month (UTC) that it is of. `scope`: the ledger that it is counted from.
    """

    name: str
    unit: Unit
    cap: float
    spent: float
    since: str
    scope: str

    @classmethod
    def from_options(cls, options: Mapping[str, Any], scope: str, endpoint: Endpoint) -> tuple[BudgetTerms, ...]:
        """Check a `budgets` mapping. Raises `ConfigurationError` with every fault that it has."""
        faults = []
        for name, terms in options.items():
            if not (isinstance(terms, Mapping) and set(terms) == set(_KEYS) and terms["unit"] in _UNITS):
                faults.append(f"budgets.{name} is wrong. Expected {', '.join(_KEYS)}, unit one of {', '.join(_UNITS)}.")
            elif not all(isinstance(terms[key], int | float) and terms[key] >= 0 for key in ("cap", "spent")):
                faults.append(f"budgets.{name} is wrong. Expected numbers from 0 on as cap and spent; got '{terms}'.")
            elif terms["unit"] == "cost_usd" and not endpoint.is_priced:
                faults.append(
                    f"budgets.{name} cannot be kept. Expected prices; endpoint '{endpoint.name}' has"
                    " none. Add input_usd_per_million_tokens and output_usd_per_million_tokens to it."
                )
        if faults:
            raise ConfigurationError(faults)
        return tuple(cls(name=name, scope=scope, **terms) for name, terms in options.items())


@dataclass
class SharedBudget:
    """The state of one budget, of all runs that are under way. Used in the client's event loop only."""

    terms: BudgetTerms
    spent: float
    set_aside: float = 0.0
    in_flight: int = 0
    """Requests that something is set aside for."""
    invocations: set[str] = field(default_factory=set)
    """The dbt invocations whose tasks have spent from it."""
    _listeners: list[Callable[[], None]] = field(default_factory=list)

    def has_room_for(self, amount: float) -> bool:
        """Whether this fits next to what is spent and set aside."""
        # Sums of floating point numbers drift; a billionth of a dollar is none.
        return self.spent + self.set_aside + amount <= self.terms.cap + 1e-9

    def may_have_room_for(self, amount: float) -> bool:
        """Whether this fits, or will where requests in flight take less than is set aside for them."""
        if self.terms.unit == "requests" or self.in_flight == 0:
            return self.has_room_for(amount)
        return self.spent + amount <= self.terms.cap + 1e-9

    def reserve(self, amount: float) -> None:
        """Set this aside for a request."""
        self.set_aside += amount
        self.in_flight += 1

    def settle(self, amount: float, used: float, requests: int) -> None:
        """Spend `used` in the place of what was set aside for so many requests."""
        self.spent += used
        self.let_go(amount, requests)

    def let_go(self, amount: float, requests: int) -> None:
        """Free what was set aside for so many requests."""
        self.set_aside -= amount
        self.in_flight -= requests
        for listener in self._listeners:
            listener()

    def join(self, listener: Callable[[], None]) -> None:
        """Have a run told when there is more room."""
        self._listeners.append(listener)

    def leave(self, listener: Callable[[], None]) -> None:
        """End what `join` began."""
        self._listeners.remove(listener)

    def is_known_to(self, invocation_id: str | None) -> bool:
        """Whether a task of this invocation may have asked the ledger before what was spent here was in it."""
        return bool(self._listeners) or invocation_id in self.invocations


_shared: dict[tuple[str, str, str], SharedBudget] = {}


def shared_budget(terms: BudgetTerms, invocation_id: str | None = None) -> SharedBudget:
    """The one state of this budget; the terms of the run that asks last hold. In the client's event loop only.

    It is forgotten with the invocation, not with its last run: a task that begins then may have asked the ledger before.
    """
    budget = _shared.get(_key(terms))
    if budget is None or not budget.is_known_to(invocation_id):
        budget = _shared[_key(terms)] = SharedBudget(terms, terms.spent)
    if invocation_id is not None:
        budget.invocations.add(invocation_id)
    budget.terms = terms
    # Where runs are under way it knows of answers that the ledger had not when it was asked.
    budget.spent = max(budget.spent, terms.spent)
    return budget


def _key(terms: BudgetTerms) -> tuple[str, str, str]:
    return terms.scope, terms.name, terms.since
