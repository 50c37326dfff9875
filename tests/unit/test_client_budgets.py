"""Budgets that several runs spend together: in one event loop, so that no two of them take the same rest."""

import asyncio
from typing import Any

import pytest

from dbt_llm.client import BudgetTerms, ConfigurationError, Endpoint, Limits, Plan, Run, submit
from dbt_llm.client import limits as client_limits
from dbt_llm.client.limits import Budget
from dbt_llm.testing import Faults, Server, from_schema
from tests.support.runs import Kept, stream

PRICED = {"input_usd_per_million_tokens": 0, "output_usd_per_million_tokens": 1_000_000}


def endpoint(base_url: str = "http://localhost/v1", **options: Any) -> Endpoint:
    return Endpoint.from_options("fast", {"model_name": "m", "base_url": base_url, **PRICED, **options})


def terms(cap: float, spent: float = 0, unit: str = "cost_usd", name: str = "day.cost_usd") -> tuple[BudgetTerms, ...]:
    given = {name: {"unit": unit, "cap": cap, "spent": spent, "since": "2026-11-25"}}
    return BudgetTerms.from_options(given, "responses", endpoint())


def nobody() -> None:
    """Listens to a budget, and does nothing."""


def opened(shared: tuple[BudgetTerms, ...], invocation_id: str | None = None) -> Budget:
    budget = Budget(Limits(), endpoint(), max_output_tokens=10, budgets=shared, invocation_id=invocation_id)
    budget.open(nobody)
    return budget


def test_two_runs_do_not_take_the_same_rest() -> None:
    first, second = opened(terms(25)), opened(terms(25))
    amounts = first.estimate("a")
    assert first.set_aside(amounts) is None
    assert second.set_aside(amounts) is None
    assert first.set_aside(amounts) == "budget:day.cost_usd" == second.lacks(amounts)
    # Each may wait for what the other turns out to need.
    assert first.may_fit_later(amounts)
    first.settle(amounts, 1, 3)
    assert second.set_aside(amounts) is None
    assert second.lacks(amounts) == "budget:day.cost_usd"


@pytest.fixture(autouse=True)
def nothing_shared() -> Any:
    client_limits._shared.clear()
    yield
    client_limits._shared.clear()


def test_what_the_ledger_had_counts() -> None:
    budget = opened(terms(25, spent=20))
    assert budget.lacks(budget.estimate("a")) == "budget:day.cost_usd"
    assert not budget.may_fit_later(budget.estimate("a"))


def test_a_task_that_asked_the_ledger_too_early_knows_what_another_has_spent_since() -> None:
    shared = terms(6, unit="requests", name="day.requests")
    first = opened(shared, "invocation")
    for _ in range(6):
        amounts = first.estimate("a")
        assert first.set_aside(amounts) is None
        first.settle(amounts, 1, 1)
    first.close(nobody)
    # Its terms are of before the first one's answers.
    second = opened(shared, "invocation")
    assert second.lacks(second.estimate("a")) == "budget:day.requests"
    second.close(nobody)
    # Another invocation asks the ledger anew, which may have forgotten answers.
    assert opened(shared, "a later one").lacks(amounts) is None


def test_a_budget_of_requests_waits_for_nothing() -> None:
    budget = opened(terms(1, unit="requests", name="day.requests"))
    amounts = budget.estimate("a")
    assert budget.set_aside(amounts) is None
    assert budget.lacks(amounts) == "budget:day.requests"
    assert not budget.may_fit_later(amounts)


def test_a_call_that_is_tried_again_is_spent_besides_what_is_set_aside() -> None:
    first, second = opened(terms(30)), opened(terms(30))
    amounts = first.estimate("a")
    assert first.set_aside(amounts) is None
    assert first.spend_besides(amounts)
    # 10 spent and 10 set aside: there is room for one more, and then for none.
    assert second.set_aside(second.estimate("a")) is None
    assert not first.spend_besides(amounts)
    first.spend(amounts)
    second.release(second.estimate("a"))
    [budget] = client_limits._shared.values()
    assert (budget.spent, budget.set_aside, budget.in_flight) == (20, 0, 0)


def test_what_a_run_gives_up_is_free_again() -> None:
    def listen() -> None:
        told.append(1)

    told: list[int] = []
    first, second = Budget(Limits(), endpoint(), max_output_tokens=10, budgets=terms(10)), opened(terms(10))
    first.open(listen)
    amounts = first.estimate("a")
    assert first.set_aside(amounts) is None
    assert second.lacks(amounts) == "budget:day.cost_usd"
    first.close(listen)
    assert second.lacks(amounts) is None


@pytest.mark.parametrize(
    "given",
    [
        {"day": {"unit": "tokens", "cap": 1, "spent": 0, "since": "2026"}},
        {"day": {"unit": "requests", "cap": -1, "spent": 0, "since": "2026"}},
        {"day": {"unit": "requests", "cap": 1}},
        {"day": 1},
    ],
)
def test_faults_of_the_terms(given: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=r"budgets\.day is wrong"):
        BudgetTerms.from_options(given, "responses", endpoint())


def test_a_budget_in_usd_needs_prices() -> None:
    free = Endpoint.from_options("fast", {"model_name": "m", "base_url": "http://localhost/v1"})
    with pytest.raises(ConfigurationError, match="cannot be kept"):
        BudgetTerms.from_options({"day": {"unit": "cost_usd", "cap": 1, "spent": 0, "since": "2026"}}, "r", free)


def test_runs_side_by_side_spend_a_budget_to_its_end_and_not_more() -> None:
    """An answer takes a third of what is set aside for it: what one run frees, the other may take."""
    with Server(from_schema, Faults(latency_s=0.01)) as server:
        shape = {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]}
        plan = Plan(endpoint(server.base_url), {"max_tokens": 10}, shape, budgets=terms(120))
        kept = [Kept(), Kept(), Kept()]
        runs = [Run(plan, stream([f"{n} {i}" for i in range(100)]), sink) for n, sink in enumerate(kept)]

        async def together() -> None:
            await asyncio.gather(*(run.execute() for run in runs))

        submit(together()).result(30)
    spent = sum(response.cost_usd or 0 for sink in kept for response in sink.responses.values())
    each = max(response.cost_usd or 0 for response in kept[0].responses.values())
    assert 120 - 10 < spent <= 120, (spent, each)
    assert server.counters.calls == sum(len(sink.responses) for sink in kept) < 100
    assert {run.stopped for run in runs} == {"budget:day.cost_usd"}
    [budget] = client_limits._shared.values()
    assert (budget.set_aside, budget.in_flight, budget._listeners) == (pytest.approx(0), 0, [])
