"""The rule of drift: its statistics against references, how often it fires on quiet histories, and on what it must fire."""

import math
import re
from collections import Counter
from pathlib import Path
from statistics import NormalDist
from typing import Any

import duckdb
import numpy as np
import pytest

from tests.support.macros import Macros
from tests.unit.histories import SHARES, Runs, connect, stream, write, write_many

DOCS = Path(__file__).parents[2] / "docs" / "drift.md"
SEED = 20_261_125
QUIET = [(answers, wobble) for answers in (30, 200, 1000) for wobble in (0.0, 0.3)]
NORMAL = NormalDist()


def drift(macros: Macros, connection: Any, **arguments: Any) -> list[dict[str, Any]]:
    """The rows of the drift of `history`."""
    options = {"sigma": 2, "min_runs": 5, "window": 20, **arguments}
    found = connection.execute(macros.call("_drift_query", measured="history", **options))
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def history(macros: Macros, *parts: Runs, seed: int = SEED, **arguments: Any) -> list[dict[str, Any]]:
    connection = connect()
    write(connection, "pii_risk", list(parts), stream(seed))
    return drift(macros, connection, **arguments)


def moved(rows: list[dict[str, Any]]) -> set[tuple[str | None, str, str | None]]:
    """What moved in the latest run."""
    return {
        (row["column_name"], row["statistic"], row["label"]) for row in rows if row["is_latest_run"] and row["outcome"] == "moved"
    }


def value(sql: str) -> float:
    row = duckdb.execute(f"select {sql}").fetchone()
    assert row is not None
    return float(row[0])


@pytest.mark.parametrize("z", [0, 0.5, 1, 2, 3, 4, 6])
def test_the_tail_of_the_normal_law(z: float, macros: Macros) -> None:
    assert value(macros.call("_tail_logarithm", z=f"{z}::double")) == pytest.approx(math.log(NORMAL.cdf(-z)), abs=0.003)


@pytest.mark.parametrize("tail", [0.5, 0.1, 0.02275, 0.00135, 1e-6, 1e-12])
def test_the_deviations_of_a_tail(tail: float, macros: Macros) -> None:
    found = value(macros.call("_deviations_of_tail", t=f"sqrt(-2 * ln({tail}::double))"))
    assert found == pytest.approx(-NORMAL.inv_cdf(tail), abs=0.001)


def student_tail(t: float, degrees: int) -> float:
    """The mass of Student's law beyond t, by Simpson's rule on t = tan(u)."""
    norm = math.gamma((degrees + 1) / 2) / (math.sqrt(degrees * math.pi) * math.gamma(degrees / 2))
    low, high, steps = math.atan(t), math.pi / 2 - 1e-9, 4000
    width = (high - low) / steps

    def density(u: float) -> float:
        return norm * (1 + math.tan(u) ** 2 / degrees) ** (-(degrees + 1) / 2) / math.cos(u) ** 2

    inner = sum((4 if i % 2 else 2) * density(low + i * width) for i in range(1, steps))
    return (density(low) + inner + density(high)) * width / 3


@pytest.mark.parametrize("degrees", [1, 2, 4, 9, 19, 200])
@pytest.mark.parametrize("t", [0.5, 2, 4, 10])
def test_students_t_as_normal_deviations(t: float, degrees: int, macros: Macros) -> None:
    found = value(macros.call("_normal_deviate", t=f"{t}::double", degrees=str(degrees)))
    if degrees > 1:
        assert found == pytest.approx(-NORMAL.inv_cdf(student_tail(t, degrees)), abs=0.06, rel=0.03)
    else:
        assert found == pytest.approx(-NORMAL.inv_cdf(student_tail(t, degrees)), abs=0.15)


def test_one_statistic_by_hand(macros: Macros) -> None:
    """The whole of the arithmetic, written a second time."""
    rows = history(macros, Runs(7, 120), Runs(1, 150, {("has_pii", "share", "true"): 0.3}))
    series = [row for row in rows if (row["column_name"], row["statistic"]) == ("has_pii", "share")]
    series.sort(key=lambda row: row["measured_at"])
    *before, last = series
    n, total = 150, 7 * 120
    expected = sum(row["value"] for row in before) / 7
    assert last["baseline_runs"] == 7 and last["baseline_value"] == pytest.approx(expected)

    def scale(count: float, answers: int) -> float:
        return math.asin(math.sqrt((count + 0.375) / (answers + 0.75)))

    count = last["value"] * n
    nearer = max(count - 0.5, expected * n) if count > expected * n else min(count + 0.5, expected * n)
    noise = abs(scale(nearer, n) - scale(expected * total, total)) / math.sqrt(1 / (4 * n + 2) + 1 / (4 * total + 2))
    points = np.array([scale(row["value"] * 120, 120) for row in before])
    t = abs(scale(count, n) - points.mean()) / (points.std(ddof=1) * math.sqrt(1 + 1 / 7))
    spread = 49 / 51 * math.sqrt(6 * math.log(1 + t * t / 6))
    z = min(noise, spread)
    assert last["z"] == pytest.approx(z)
    tail = min(last["compared_statistics"] * NORMAL.cdf(-z), 0.5)
    assert last["sigmas"] == pytest.approx(-NORMAL.inv_cdf(tail), abs=0.01)


def test_a_mean_by_hand(macros: Macros) -> None:
    rows = history(macros, Runs(9, 80), Runs(1, 60))
    series = [row for row in rows if (row["column_name"], row["statistic"]) == ("confidence", "mean")]
    series.sort(key=lambda row: row["measured_at"])
    *before, last = series
    means = np.array([row["value"] for row in before])
    assert last["baseline_value"] == pytest.approx(means.mean())
    t = abs(last["value"] - means.mean()) / (means.std(ddof=1) * math.sqrt(1 + 1 / 9))
    spread = 65 / 67 * math.sqrt(8 * math.log(1 + t * t / 8))
    assert abs(last["z"]) <= spread + 1e-9
    # A beta law of 8 and 2, whose deviation is known.
    noise = abs(last["value"] - means.mean()) / (math.sqrt(16 / 1100) * math.sqrt(1 / 60 + 1 / 720))
    assert abs(last["z"]) == pytest.approx(min(spread, noise), rel=0.1)


@pytest.mark.long
def test_quiet_histories_stay_quiet(macros: Macros) -> None:
    """1,000 histories of ten runs and an eleventh, each of 19 statistics; the page says what is measured here."""
    documented = re.findall(r"^\| (\d+) \| ([\d.]+) \| ([\d.]+) % \| ([\d.]+) % \|$", DOCS.read_text(), re.MULTILINE)
    assert [(int(answers), float(wobble)) for answers, wobble, _, _ in documented] == QUIET
    for (answers, wobble), (_, _, fired, plain) in zip(QUIET, documented, strict=True):
        connection = connect()
        tasks = [f"task {i}" for i in range(1000)]
        write_many(connection, tasks, [Runs(11, answers, wobble=wobble)], stream(SEED))
        query = macros.call("_drift_query", measured="history", sigma=2, min_runs=5, window=20)
        connection.execute(f"create table drift as {query}")
        count = "select count(distinct task) / 10 from {} where {}"
        [rate] = connection.execute(count.format("drift", "is_latest_run and outcome = 'moved'")).fetchone()
        [plain_rate] = connection.execute(count.format(f"({PLAIN})", "run = 11 and abs(value - mean) > 2 * deviation")).fetchone()
        print(f"| {answers} | {wobble} | {rate} % | {plain_rate} % |")
        assert rate <= 6, "the promise is 4.6 %, and 1,000 histories tell it to within 0.7"
        # A history may stand so near to the edge that another machine's last digit moves it over.
        assert (rate, plain_rate) == (pytest.approx(float(fired), abs=0.1), pytest.approx(float(plain), abs=0.1))


PLAIN = """
    select *,
        avg(value) over earlier as mean, stddev_samp(value) over earlier as deviation,
        row_number() over (partition by task, column_name, statistic, label order by measured_at) as run
    from history
    window earlier as (
        partition by task, column_name, statistic, label order by measured_at rows between 20 preceding and 1 preceding
    )
"""
"""What a rule without corrections would do: two standard deviations of the runs before."""


def test_how_many_of_400_tasks_fire_is_what_the_page_says(macros: Macros) -> None:
    documented = re.findall(r"^\| (\d+) \| (\d+) \| (\d+) \|$", DOCS.read_text(), re.MULTILINE)
    assert len(documented) == 7
    connection = connect()
    for runs, answers, _ in documented:
        parts = [Runs(int(runs), int(answers)), Runs(1, int(answers), {("has_pii", "share", "true"): 0.47})]
        write_many(connection, [f"{runs} {answers} {i}" for i in range(400)], parts, stream(SEED))
    query = macros.call("_drift_query", measured="history", sigma=2, min_runs=5, window=20)
    moved = f"select distinct task from ({query}) where is_latest_run and outcome = 'moved' and column_name = 'has_pii'"
    found = Counter(tuple(task.split()[:2]) for (task,) in connection.execute(moved).fetchall())
    for runs, answers, fired in documented:
        print(f"| {runs} | {answers} | {found[runs, answers]} |")
        assert found[runs, answers] == pytest.approx(int(fired), abs=1), (runs, answers)


@pytest.mark.parametrize(("runs", "answers"), [(10, 40), (8, 60), (5, 200), (5, 5000)])
@pytest.mark.parametrize("wobble", [0.0, 0.1])
def test_a_share_that_moves_from_12_to_47_per_cent_fires(runs: int, answers: int, wobble: float, macros: Macros) -> None:
    parts = [Runs(runs, answers, wobble=wobble), Runs(1, answers, {("has_pii", "share", "true"): 0.47}, wobble=wobble)]
    rows = history(macros, *parts)
    assert ("has_pii", "share", "true") in moved(rows)
    [row] = [row for row in rows if row["is_latest_run"] and row["column_name"] == "has_pii"]
    assert row["message"].startswith("has_pii: share of true from ") and row["sigmas"] > 2
    shown = [float(number) for number in re.findall(r"([\d.]+) %", row["message"])]
    assert shown == pytest.approx([100 * row["baseline_value"], 100 * row["value"]], abs=0.051)
    assert row["baseline_value"] == pytest.approx(0.12, abs=0.05) and row["value"] == pytest.approx(0.47, abs=0.2)


def test_each_kind_of_statistic_can_move(macros: Macros) -> None:
    for key, share in {
        ("topic", "share", "f"): 0.1,
        ("pii_types", "share", "z"): 0.05,
        ("due_on", "null_rate", None): 0.6,
        (None, "quarantine_rate", None): 0.08,
        (None, "refusal_rate", None): 0.05,
        (None, "pending_rate", None): 0.2,
    }.items():
        assert key in moved(history(macros, Runs(8, 500), Runs(1, 500, {key: share}))), key
    connection = connect()
    write(connection, "pii_risk", [Runs(9, 500)], stream(SEED))
    connection.execute("update history set value = value - 0.1 where statistic = 'mean' and invocation_id = 'run 9'")
    assert moved(drift(macros, connection)) == {("confidence", "mean", None)}


@pytest.mark.parametrize("change", [{"prompt_version": "v2"}, {"model_name": "m2"}])
def test_an_announced_change_is_quiet_and_visible(change: dict[str, str], macros: Macros) -> None:
    rows = history(macros, Runs(8, 300), Runs(1, 300, {("has_pii", "share", "true"): 0.47}, **change))
    assert moved(rows) == set()
    [first, announced] = [row for row in rows if row["outcome"] == "new_baseline"]
    assert first["message"] == "the first run that was measured" and not first["is_latest_run"]
    version, model = change.get("prompt_version", "v1"), change.get("model_name", "m")
    assert announced["message"] == f"prompt version v1 of m became {version} of {model}"
    assert announced["is_latest_run"] and announced["invocation_id"] == "run 9"
    assert {row["outcome"] for row in rows if row["is_latest_run"]} == {"new_baseline", "too_few_runs"}


def test_the_new_baseline_is_compared_with_in_its_turn(macros: Macros) -> None:
    new = {("has_pii", "share", "true"): 0.47}
    parts = [Runs(8, 300), Runs(6, 300, new, prompt_version="v2")]
    assert moved(history(macros, *parts)) == set()
    assert ("has_pii", "share", "true") in moved(history(macros, *parts, Runs(1, 300, prompt_version="v2")))
    back = history(macros, *parts, Runs(1, 300))
    assert moved(back) == set() and len([row for row in back if row["outcome"] == "new_baseline"]) == 3


def test_min_runs_and_window_are_kept(macros: Macros) -> None:
    far = Runs(1, 300, {("has_pii", "share", "true"): 0.47})
    assert moved(history(macros, Runs(4, 300), far)) == set()
    assert ("has_pii", "share", "true") in moved(history(macros, Runs(4, 300), far, min_runs=4))
    long_ago = [Runs(10, 300, {("has_pii", "share", "true"): 0.47}), Runs(6, 300), far]
    assert ("has_pii", "share", "true") in moved(history(macros, *long_ago, window=6))
    rows = history(macros, *long_ago, window=6)
    assert max(row["baseline_runs"] for row in rows) == 6
    assert ("has_pii", "share", "true") not in moved(history(macros, *long_ago))


def test_sigma_is_kept(macros: Macros) -> None:
    parts = [Runs(10, 300), Runs(1, 300, {("has_pii", "share", "true"): 0.24})]
    [sigmas] = [row["sigmas"] for row in history(macros, *parts) if row["is_latest_run"] and row["column_name"] == "has_pii"]
    assert 2 < sigmas < 8
    assert ("has_pii", "share", "true") in moved(history(macros, *parts, sigma=sigmas - 0.01))
    assert ("has_pii", "share", "true") not in moved(history(macros, *parts, sigma=sigmas + 0.01))


def test_few_answers_are_little_evidence(macros: Macros) -> None:
    """Two of four is far from 12 %, and no news; a mean of so few is not compared."""
    rows = history(macros, Runs(12, 300), Runs(1, 4, {("has_pii", "share", "true"): 0.47}))
    assert moved(rows) == set()
    latest = {(row["column_name"], row["statistic"]): row["outcome"] for row in rows if row["is_latest_run"]}
    assert latest["confidence", "mean"] == "not_compared" and latest["has_pii", "share"] == "stable"


def test_rows_that_share_an_answer_are_no_further_evidence(macros: Macros) -> None:
    connection = connect()
    write(connection, "pii_risk", [Runs(8, 300)], stream(SEED))
    connection.execute("update history set value = 0.4 where column_name = 'has_pii' and invocation_id = 'run 8'")
    assert ("has_pii", "share", "true") in moved(drift(macros, connection))
    connection.execute("update history set distinct_requests = 3 where invocation_id = 'run 8'")
    assert moved(drift(macros, connection)) == set()


def test_tasks_do_not_mix(macros: Macros) -> None:
    connection = connect()
    random = stream(SEED)
    write(connection, "a", [Runs(8, 300), Runs(1, 300, {("has_pii", "share", "true"): 0.47})], random)
    write(connection, "b", [Runs(9, 300, {("has_pii", "share", "true"): 0.47})], random)
    rows = drift(macros, connection)
    assert {row["task"] for row in rows if row["outcome"] == "moved"} == {"a"}
    alone = drift(macros, connection, task="a")
    assert sorted(map(str, alone)) == sorted(str(row) for row in rows if row["task"] == "a")


def test_what_stands_still_counts_for_nothing(macros: Macros) -> None:
    rows = history(macros, Runs(6, 300))
    still = [row for row in rows if row["is_latest_run"] and row["statistic"] == "pending_rate"]
    assert [(row["outcome"], row["z"]) for row in still] == [("stable", 0)]
    compared = {row["compared_statistics"] for row in rows if row["is_latest_run"] and row["statistic"]}
    assert len(compared) == 1 and compared.pop() <= len(SHARES) + 2 - 1


def test_a_column_that_was_constant_and_is_not(macros: Macros) -> None:
    connection = connect()
    write(connection, "pii_risk", [Runs(8, 300)], stream(SEED))
    connection.execute("update history set value = 1, standard_deviation = 0 where statistic = 'mean'")
    assert moved(drift(macros, connection)) == set()
    connection.execute("update history set value = 0.5 where statistic = 'mean' and invocation_id = 'run 8'")
    assert moved(drift(macros, connection)) == {("confidence", "mean", None)}
