"""The inline function: a column of prompts in, a column of completions out."""

import json
import logging
from typing import Any

import pytest

from dbt_llm.client import DbtLlmError, SpendRefusedError, calls
from dbt_llm.complete import complete
from dbt_llm.testing import ChatRequest, Faults, Reply, Server, echo
from tests.support.runs import database


def options(base_url: str, **others: Any) -> str:
    endpoint = {"model_name": "m", "base_url": base_url}
    given = {
        "endpoint_name": "fast",
        "endpoint": endpoint,
        "allow_outside_dbt": True,
        **others,
    }
    return json.dumps(given)


def test_from_sql() -> None:
    connection = database()
    with Server(lambda request: request.prompt.upper()) as server:
        query = "select p, dbt_llm_complete(p, $o) from (values (1, 'a'), (2, null), (3, 'b'), (4, 'a')) t(i, p) order by i"
        found = connection.execute(query, {"o": options(server.base_url)}).fetchall()
        assert found == [("a", "A"), (None, None), ("b", "B"), ("a", "A")]
        assert server.counters.calls_by_prompt == {"a": 1, "b": 1}
    connection.close()


def test_rows_run_concurrently() -> None:
    # So slow that all have come before the first is answered, on a busy machine too.
    with Server(echo, Faults(latency_s=1.0)) as server:
        complete([str(number) for number in range(16)], [options(server.base_url)] * 16)
        assert server.counters.max_in_flight == 16


def test_failures_are_null_and_one_warning(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "BACKOFF_S", 0.01)

    def answer(request: ChatRequest) -> str | Reply:
        if request.prompt == "bad":
            return Reply("no", status=400)
        return Reply("half", finish_reason="length") if request.prompt == "long" else "fine"

    with Server(answer) as server:
        found = complete(["bad", "good", "long"], [options(server.base_url)] * 3)
    assert found == [None, "fine", None]
    (warning,) = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert "2 of 3 requests to endpoint 'fast' failed" in warning.getMessage()
    assert "1 invalid_request" in warning.getMessage() and "1 truncated" in warning.getMessage()


def test_prompts_that_are_all_refused_are_null_and_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    with Server(faults=Faults(status_always=400)) as server:
        assert complete(["a", "b", None], [options(server.base_url)] * 3) == [None, None, None]
    assert "answered 400" in caplog.text and "2 of 2 requests" in caplog.text and "2 unanswered" in caplog.text


def test_a_fatal_answer_raises() -> None:
    with (
        Server(faults=Faults(status_always=401)) as server,
        pytest.raises(DbtLlmError, match=r"dbt_llm\.complete: endpoint 'fast' answered 401"),
    ):
        complete(["a"], [options(server.base_url)])


def test_options_may_differ_by_row() -> None:
    with Server(echo) as server:
        texts = [options(server.base_url, model_parameters={"seed": seed}) for seed in (1, 2)]
        complete(["a", "b"], texts)
        assert sorted(body["seed"] for body in server.counters.bodies) == [1, 2]


@pytest.mark.parametrize("text", [None, "{}", "["])
def test_wrong_options_raise(text: str | None) -> None:
    with pytest.raises(DbtLlmError, match=r"dbt_llm\.complete: the options "):
        complete(["a"], [text])


def test_nothing_is_sent_when_nothing_may_be_spent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Server(echo) as server:
        with pytest.raises(SpendRefusedError, match="called outside dbt"):
            complete(["a"], [options(server.base_url, allow_outside_dbt=False)])
        monkeypatch.setenv("DBT_LLM_MODE", "cache_only")
        with pytest.raises(SpendRefusedError, match="cache_only"):
            complete(["a"], [options(server.base_url)])
        assert server.counters.calls == 0


def test_a_test_of_dbt_build_spends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from argparse import Namespace

    from dbt import flags
    from dbt_common.events.contextvars import log_contextvars

    monkeypatch.setattr(flags, "GLOBAL_FLAGS", Namespace(WHICH="build"))
    with Server(echo) as server:
        refused = pytest.raises(SpendRefusedError, match="got `dbt build` at a unit test")
        with log_contextvars(node_info={"resource_type": "unit_test"}), refused:
            complete(["a"], [options(server.base_url)])
        with log_contextvars(node_info={"resource_type": "model"}):
            assert complete(["a"], [options(server.base_url)]) == ['{"echo": "a"}']
