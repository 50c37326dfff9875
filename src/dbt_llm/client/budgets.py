"""What all runs of this process may spend together: the budgets of a project and of its tasks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from .endpoint import Endpoint
from .errors import ConfigurationError

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

    def take(self, amount: float) -> None:
        """Set this aside for a request."""
        self.set_aside += amount
        self.in_flight += 1

    def settle(self, amount: float, used: float) -> None:
        """Spend `used` in the place of what was set aside for a request."""
        self.spent += used
        self.let_go(amount, 1)

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
        """End what `join` began; the last one forgets the budget, as the ledger has it all."""
        self._listeners.remove(listener)
        if not self._listeners:
            _shared.pop(_key(self.terms), None)


_shared: dict[tuple[str, str, str], SharedBudget] = {}


def shared_budget(terms: BudgetTerms) -> SharedBudget:
    """The one state of this budget; the terms of the run that asks last hold. In the client's event loop only."""
    budget = _shared.setdefault(_key(terms), SharedBudget(terms, terms.spent))
    budget.terms = terms
    # Where runs are under way it knows of answers that the ledger had not when it was asked.
    budget.spent = max(budget.spent, terms.spent)
    return budget


def _key(terms: BudgetTerms) -> tuple[str, str, str]:
    return terms.scope, terms.name, terms.since
