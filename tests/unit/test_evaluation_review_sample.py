"""The review sample: which requests are drawn, and what a task may say of it."""

import hashlib
from typing import Any

import duckdb
import pytest

from tests.support.macros import Macros

KEYS = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(20_000)]
FORMAT = {"ok": {"type": "boolean"}, "confidence": {"type": "number"}}


def drawn(macros: Macros, rate: float) -> set[str]:
    condition = macros.call("_is_drawn", request_key="request_key", rate=rate)
    with duckdb.connect() as connection:
        connection.execute("create table keys (request_key varchar)")
        connection.executemany("insert into keys values (?)", [[key] for key in KEYS[:5_000]])
        return {key for (key,) in connection.execute(f"select request_key from keys where {condition}").fetchall()}


@pytest.mark.parametrize("rate", [0, 0.01, 0.25, 0.999, 1])
def test_a_rate_draws_by_the_keys_first_digits(rate: float, macros: Macros) -> None:
    assert drawn(macros, rate) == {key for key in KEYS[:5_000] if int(key[:8], 16) < round(rate * 2**32)}


def test_the_share_is_the_rate(macros: Macros) -> None:
    """Five standard deviations of a binomial at most."""
    threshold = macros.call("_is_drawn", request_key="k", rate=0.01).split("'")[1]
    share = sum(key < threshold for key in KEYS) / len(KEYS)
    assert abs(share - 0.01) < 5 * (0.01 * 0.99 / len(KEYS)) ** 0.5


def test_a_larger_rate_keeps_what_a_smaller_one_drew(macros: Macros) -> None:
    assert drawn(macros, 0.01) < drawn(macros, 0.05)


COLUMNS = (
    "message_id bigint, body varchar, channel varchar, confidence double, llm_status varchar, llm_reason varchar,"
    " llm_request_key varchar, llm_prompt_version varchar"
)
SAMPLE = "task varchar, request_key varchar, status varchar"


def sample(macros: Macros, rows: list[tuple[Any, ...]], review_rate: Any, kept: list[tuple[str, str, str]] = []) -> list[Any]:  # noqa: B006
    query = macros.call(
        "_drawn_requests", relation="answers", sample="review_sample", task="t", prompt="{Body} in {channel?}",
        rates=macros.call("_review_rates", review_rate=review_rate), key=["message_id"],
    )  # fmt: skip
    with duckdb.connect() as connection:
        connection.execute(f"create table answers ({COLUMNS}); create table review_sample ({SAMPLE})")
        connection.executemany("insert into answers values (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        if kept:
            connection.executemany("insert into review_sample values (?, ?, ?)", kept)
        names = "row_key, status, reason, drawn_for, input, input_rows"
        return connection.execute(f"select {names} from ({query}) order by row_key").fetchall()


ROWS = [
    (1, "a", None, 0.9, "succeeded", None, "0" * 64, "v"),
    (2, "a", None, 0.9, "succeeded", None, "0" * 64, "v"),
    (3, 'b "quoted"', "chat", 0.2, "succeeded", None, "f" * 64, "v"),
    (4, "c", None, None, "quarantined", "invalid_json", "e" * 64, "v"),
    (5, "d", None, None, "pending", "not_requested", "0" * 63 + "1", "v"),
    (6, None, None, None, "skipped", "null_prompt", None, "v"),
]


def test_a_request_is_drawn_once_with_what_the_prompt_names(macros: Macros) -> None:
    assert sample(macros, ROWS, 0.01) == [("1", "succeeded", None, "all", '{"body":"a","channel":null}', 2)]


def test_more_of_what_is_doubtful(macros: Macros) -> None:
    rate = {"all": 0.01, "quarantined": 1, "low_confidence": {"column": "confidence", "below": 0.5, "rate": 1}}
    assert [found[:4] for found in sample(macros, ROWS, rate)] == [
        ("1", "succeeded", None, "all"),
        ("3", "succeeded", None, "low_confidence"),
        ("4", "quarantined", "invalid_json", "quarantined"),
    ]
    assert [found[4] for found in sample(macros, ROWS, rate)][1] == '{"body":"b \\"quoted\\"","channel":"chat"}'


def test_what_is_kept_in_that_status_is_not_drawn_again(macros: Macros) -> None:
    assert [found[0] for found in sample(macros, ROWS, 1, [("t", "0" * 64, "succeeded"), ("other", "f" * 64, "succeeded")])] == [
        "3",
        "4",
    ]
    # A requeue that succeeded is another answer.
    assert [found[0] for found in sample(macros, ROWS, 1, [("t", "0" * 64, "quarantined")])] == ["1", "3", "4"]


def test_zero_draws_nothing_and_the_project_states_what_a_task_does_not(macros: Macros) -> None:
    assert sample(macros, ROWS, 0) == []
    assert macros.call("_review_rates", review_rate=None)["all"] == 0.01
    assert macros.call("_review_rates", review_rate={"quarantined": 0.5}) == {
        "all": 0.01, "quarantined": 0.5, "low_confidence": 0, "column": None, "below": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("review_rate", "expected"),
    [
        (0, None),
        (1, None),
        ({"all": 0, "quarantined": 1, "low_confidence": {"column": "confidence", "below": 0.7, "rate": 0.1}}, None),
        (1.5, "meta.llm.review_rate: not a share"),
        (-0.1, "not a share"),
        ("1 %", "not a share. Expected a number from 0 to 1, such as 0.01; got '1 %'"),
        (True, "not a share"),
        ({"quarantine": 0.1}, "unknown key 'quarantine'. Expected one of 'all', 'quarantined', 'low_confidence'"),
        ({"all": 2}, "meta.llm.review_rate.all: not a share"),
        ({"low_confidence": 0.5}, "low_confidence: not a mapping"),
        ({"low_confidence": {"column": "ok", "below": 1, "rate": 1}}, "low_confidence.column: no response column of numbers"),
        ({"low_confidence": {"column": "confidence", "rate": 1}}, "low_confidence.below: not a number"),
        ({"low_confidence": {"column": "confidence", "below": 1}}, "low_confidence.rate: not a share"),
    ],
)
def test_review_rate(review_rate: Any, expected: str | None, macros: Macros) -> None:
    faults = macros.call("_review_rate_faults", review_rate=review_rate, response_format=FORMAT)
    assert (faults == []) if expected is None else any(expected in fault for fault in faults), faults
