"""The scores that the evaluation's SQL gives are those of plain Python, over seeded golden rows of every kind."""

import json
import math
import random
from collections import Counter, defaultdict
from statistics import NormalDist, fmean
from typing import Any

import duckdb
import pytest

from tests.support.macros import Macros

COLUMNS = (
    "candidate varchar, llm_prompt_version varchar, model_name varchar, golden_key varchar, golden_source varchar,"
    " column_name varchar, kind varchar, expected varchar, answered varchar, is_correct boolean, deviation double,"
    " expected_size bigint, answered_size bigint, common_size bigint, llm_status varchar, llm_reason varchar"
)
LABELS = ["billing", "delivery", "it's other"]
ITEMS = ["email", "phone", "ssn"]
Row = dict[str, Any]


def row(kind: str, expected: Any, answered: Any, status: str = "succeeded", **more: Any) -> Row:
    """A row of a golden model's table, as _golden_select makes it."""
    made: Row = {
        "candidate": "current", "llm_prompt_version": "v", "model_name": "m", "golden_key": "k", "golden_source": "golden",
        "column_name": kind, "kind": kind, "expected": expected, "answered": answered, "is_correct": None, "deviation": None,
        "expected_size": None, "answered_size": None, "common_size": None, "llm_status": status, "llm_reason": None, **more,
    }  # fmt: skip
    right = status == "succeeded" and expected == answered
    if kind == "array":
        made |= {"expected": json.dumps(expected), "answered": None if answered is None else json.dumps(answered)}
        made["expected_size"] = len(set(expected))
        if answered is not None:
            made |= {"answered_size": len(set(answered)), "common_size": len(set(answered) & set(expected))}
            right = status == "succeeded" and set(expected) == set(answered)
    if kind == "number" and answered is not None:
        made["deviation"] = answered - expected
        right = abs(made["deviation"]) <= 0.1 + 1e-9
    made["is_correct"] = None if status in ("pending", "unusable") else right
    return made


def query(rows: list[Row], sql: str) -> list[Row]:
    with duckdb.connect() as connection:
        connection.execute(f"create table golden_rows ({COLUMNS})")
        names = list(rows[0])
        values = [[found[name] for name in names] for found in rows]
        connection.executemany(f"insert into golden_rows ({', '.join(names)}) values ({', '.join('?' * len(names))})", values)
        found = connection.execute(sql)
        return [dict(zip([c[0] for c in found.description], values, strict=True)) for values in found.fetchall()]


def wilson(correct: int, n: int) -> tuple[float, float]:
    z = NormalDist().inv_cdf(0.975)
    share = correct / n
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return max(0.0, middle - half), min(1.0, middle + half)


@pytest.mark.parametrize(("correct", "n"), [(0, 1), (1, 1), (0, 20), (3, 5), (184, 200), (200, 200), (9_990, 10_000)])
def test_wilson(correct: int, n: int, macros: Macros) -> None:
    bounds = [macros.call("_wilson_bound", correct=str(correct), n=str(n), bound=bound) for bound in ("low", "high")]
    found = duckdb.execute(f"select {bounds[0]}, {bounds[1]}").fetchone()
    assert found == pytest.approx(wilson(correct, n), abs=1e-12)


def test_wilson_of_nothing_is_null(macros: Macros) -> None:
    assert duckdb.execute(f"select {macros.call('_wilson_bound', correct='0', n='0', bound='low')}").fetchone() == (None,)


def seeded(seed: int) -> list[Row]:
    """Golden rows of all kinds with faults of all kinds."""
    chance = random.Random(seed)
    rows = []
    for number in range(chance.randint(1, 60)):
        key = {"golden_key": str(number), "candidate": chance.choice(["current", "v2"])}
        key["llm_prompt_version"] = key["candidate"]
        status = chance.choices(["succeeded", "quarantined", "pending", "skipped"], [20, 3, 2, 1])[0]
        there = status == "succeeded"
        label = chance.choice([*LABELS, None])
        rows.append(row("label", chance.choice([*LABELS, None]), label if there else None, status, **key))
        items = chance.sample(ITEMS, chance.randint(0, 3))
        answer = items if chance.random() < 0.6 else chance.choices(ITEMS, k=chance.randint(0, 3))
        rows.append(row("array", items, answer if there else None, status, **key))
        expected = chance.randint(0, 10) / 10
        rows.append(row("number", expected, expected + chance.choice([0, 0.1, -0.3]) if there else None, status, **key))
    unusable = row("label", None, None, "unusable", golden_source="verdict", llm_prompt_version="current")
    return [*rows, {**unusable, "kind": None}]


def label_counts(rows: list[Row]) -> dict[str, tuple[int, int, int]]:
    """True positives, false positives and false negatives of each label."""
    judged: list[tuple[set[str], set[str]]] = []
    for found in rows:
        if found["kind"] == "label":
            answered = {found["answered"] or "<null>"} if found["llm_status"] == "succeeded" else set()
            judged.append(({found["expected"] or "<null>"}, answered))
        else:
            judged.append((set(json.loads(found["expected"])), set(json.loads(found["answered"] or "[]"))))
    labels = ITEMS if rows[0]["kind"] == "array" else sorted(set().union(*(e | a for e, a in judged)))
    return {
        label: (
            sum(label in e and label in a for e, a in judged),
            sum(label not in e and label in a for e, a in judged),
            sum(label in e and label not in a for e, a in judged),
        )
        for label in labels
    }


def f1(counts: tuple[int, int, int]) -> float | None:
    hits, surplus, missed = counts
    return 2 * hits / (2 * hits + surplus + missed) if hits + surplus + missed else None


def grouped(rows: list[Row]) -> dict[tuple[str, str], list[Row]]:
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for found in rows:
        groups[found["candidate"], found["column_name"]].append(found)
    return groups


def expected_scores(rows: list[Row]) -> Row:
    final = [found for found in rows if found["llm_status"] not in ("pending", "unusable")]
    correct = sum(found["is_correct"] for found in final)
    n = len(final)
    low, high = wilson(correct, n) if n else (None, None)
    scores: Row = {
        "n": n, "correct": correct, "accuracy": correct / n if n else None, "accuracy_low": low, "accuracy_high": high,
        "unanswered": sum(found["llm_status"] == "pending" for found in rows),
        "unusable_verdicts": sum(found["llm_status"] == "unusable" for found in rows),
        "quarantine_share": sum(found["llm_status"] == "quarantined" for found in final) / n if n else None,
        "null_share": sum(found["llm_status"] == "succeeded" and found["answered"] is None for found in final) / n if n else None,
    }  # fmt: skip
    kind = rows[0]["column_name"]
    if kind in ("label", "array") and final:
        values = [value for value in map(f1, label_counts(final).values()) if value is not None]
        scores["macro_f1"] = fmean(values) if values else None
    if kind == "array" and final:
        sets = [(set(json.loads(r["expected"])), set(json.loads(r["answered"] or "[]")), r["llm_status"]) for r in final]
        scores["mean_jaccard"] = fmean(
            0.0 if status != "succeeded" else len(e & a) / len(e | a) if e | a else 1.0 for e, a, status in sets
        )
        common, answered, wanted = (
            sum(len(e & a) for e, a, _ in sets), sum(len(a) for _, a, _ in sets), sum(len(e) for e, _, _ in sets)
        )  # fmt: skip
        scores["micro_precision"] = common / answered if answered else None
        scores["micro_recall"] = common / wanted if wanted else None
        scores["micro_f1"] = 2 * common / (answered + wanted) if answered + wanted else None
    if kind == "number":
        errors = [r["deviation"] for r in final if r["deviation"] is not None]
        scores["mean_absolute_error"] = fmean(map(abs, errors)) if errors else None
        scores["root_mean_square_error"] = math.sqrt(fmean(e * e for e in errors)) if errors else None
    return scores


@pytest.fixture(scope="module")
def array_labels() -> dict[str, list[str]]:
    return {"array": ITEMS}


@pytest.mark.parametrize("seed", range(40))
def test_scores_are_those_of_plain_python(seed: int, macros: Macros, array_labels: dict[str, list[str]]) -> None:
    rows = seeded(seed)
    found = query(rows, macros.call("_scores", rows="golden_rows", array_labels=array_labels))
    by_group = {(score["candidate"], score["column_name"]): score for score in found}
    assert by_group.keys() == grouped(rows).keys()
    for group, members in grouped(rows).items():
        for name, value in expected_scores(members).items():
            assert by_group[group][name] == (None if value is None else pytest.approx(value, abs=1e-12)), (group, name)


@pytest.mark.parametrize("seed", range(10))
def test_label_scores_and_confusion(seed: int, macros: Macros, array_labels: dict[str, list[str]]) -> None:
    rows = seeded(seed)
    final = [found for found in rows if found["llm_status"] not in ("pending", "unusable")]
    wanted = {
        (*group, label): counts
        for group, members in grouped(final).items()
        if group[1] != "number"
        for label, counts in label_counts(members).items()
    }
    scores = query(rows, macros.call("_label_scores", rows="golden_rows", array_labels=array_labels))
    found = {(s["candidate"], s["column_name"], s["label"]): s for s in scores}
    assert {key: (s["true_positives"], s["false_positives"], s["false_negatives"]) for key, s in found.items()} == wanted
    for key, (hits, surplus, missed) in wanted.items():
        assert found[key]["support"] == hits + missed
        assert found[key]["label_precision"] == (pytest.approx(hits / (hits + surplus)) if hits + surplus else None)
        assert found[key]["label_recall"] == (pytest.approx(hits / (hits + missed)) if hits + missed else None)
        value = f1((hits, surplus, missed))
        assert found[key]["label_f1"] == (None if value is None else pytest.approx(value))
    pairs = Counter(
        (
            r["candidate"],
            r["expected"] or "<null>",
            (r["answered"] or "<null>") if r["llm_status"] == "succeeded" else f"<{r['llm_status']}>",
        )
        for r in final
        if r["kind"] == "label"
    )
    confusion = query(rows, macros.call("_confusion_matrix", rows="golden_rows"))
    assert {(c["candidate"], c["expected_label"], c["answered_label"]): c["n"] for c in confusion} == dict(pairs)


def mid_p_worse(worse: int, better: int) -> float:
    """McNemar's one-sided mid-p, by exact integers: no more than `better` rows won of the discordant ones, that one halved."""
    n = worse + better
    below = sum(math.comb(n, j) for j in range(better))
    return float((below + math.comb(n, better) / 2) / 2**n) if n < 1000 else below / 2**n + math.comb(n, better) / 2 ** (n + 1)


@pytest.mark.parametrize(
    ("worse", "better"), [(0, 0), *((b, c) for b in range(7) for c in range(7) if b + c), (12, 3), (25, 40), (260, 200), (0, 900)]
)
def test_the_paired_test_is_mcnemars_mid_p(worse: int, better: int, macros: Macros) -> None:
    pairs = [(f"w{i}", 0, 1) for i in range(worse)] + [(f"b{i}", 1, 0) for i in range(better)] + [("same", 1, 1), ("both", 0, 0)]
    values = ", ".join(f"('{key}', {now}, {then})" for key, now, then in pairs)
    ctes = macros.call("_mcnemar_ctes")
    sql = f"with pairs as (select * from (values {values}) as t(golden_key, right_now, right_then)), {ctes}"
    found = duckdb.execute(f"{sql} select worse, better, n, p_worse from paired").fetchone()
    assert found is not None
    assert found[:3] == (worse, better, len(pairs))
    assert found[3] == pytest.approx(mid_p_worse(worse, better), rel=1e-9, abs=1e-300)


def test_two_versions_side_by_side(macros: Macros) -> None:
    """The two-sided p of a candidate against the task as it stands, over the rows that both were judged on."""
    rows = [row("label", "a", "a", golden_key=str(i)) for i in range(10)]
    rows += [row("label", "a", "b" if i < 7 else "a", golden_key=str(i), candidate="v2") for i in range(9)]
    rows += [row("label", "a", None, "pending", golden_key="9", candidate="v2")]
    [found] = query(rows, macros.call("_candidate_pairs_query", rows="golden_rows", candidate="v2", column="label"))
    assert (found["worse"], found["better"]) == (7, 0)
    assert found["p_differs"] == pytest.approx(2 * mid_p_worse(7, 0))
