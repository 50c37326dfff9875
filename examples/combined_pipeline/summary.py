"""Print what the pipeline did, from the tables that it left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb

Row = Mapping[str, Any]


def show(database: Path) -> None:
    """Print each stage beside what it would have cost to ask everything, the filter, and what the last run paid."""
    with duckdb.connect(str(database), read_only=True) as connection:
        stages = {row["stage"]: row for row in _rows(connection, "select * from stages")}
        [recall] = _rows(connection, "select * from dbt_llm__filter_recall")
        [long] = _rows(
            connection,
            "select distinct_requests + coalesce(filtered_requests, 0) as requests from dbt_llm__runs"
            " where task = 'card_in_long' order by started_at desc limit 1",
        )
        [last] = _rows(
            connection,
            "select sum(sent_requests) as sent, sum(calls) as calls, coalesce(sum(cost_usd), 0) as cost_usd from dbt_llm__runs"
            " where invocation_id = (select arg_max(invocation_id, started_at) from dbt_llm__runs)",
        )
    _show_stages(stages.values())
    _show_cost(stages, long["requests"])
    _show_quality(stages, recall)
    print(f"\nThe last run sent {last['sent']:,} requests in {last['calls']:,} calls, and paid {last['cost_usd']:.4f} USD.")


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _sum(rows: Iterable[Row], *columns: str) -> list[Any]:
    listed = list(rows)
    return [sum(row[column] for row in listed) for column in columns]


def _show_stages(stages: Iterable[Row]) -> None:
    """Rows are messages; a message that is embedded is counted in the stage that it goes on to, too."""
    rows = list(stages)
    ends = [row for row in rows if row["stage"] != "2 embedded"]
    [total] = _sum(ends, "input_rows")
    print("== The stages ==")
    print(
        f"{'stage':<17}{'place':<24}{'rows':>8}{'share':>8}{'requests':>10}{'calls':>8}{'USD':>9}"
        f"{'with card':>11}{'found':>7}{'right':>7}"
    )
    for row in rows:
        print(f"{row['stage']:<17}{row['place']:<24}{_counts(row, total)}{_found(row) if row in ends else ''}")
    paid = dict(zip(("requests", "calls", "cost_usd"), _sum(rows, "requests", "calls", "cost_usd"), strict=True))
    columns = ("input_rows", "wanted_rows", "found_rows", "right_rows")
    everything = {**paid, **dict(zip(columns, _sum(ends, *columns), strict=True))}
    print(f"{'all':<41}{_counts(everything, total)}{_found(everything)}")


def _counts(row: Row, total: int) -> str:
    share = row["input_rows"] / total
    return f"{row['input_rows']:>8,}{share:>8.1%}{row['requests']:>10,}{row['calls']:>8,}{row['cost_usd']:>9.4f}"


def _found(row: Row) -> str:
    return f"{row['wanted_rows']:>11,}{row['found_rows']:>7,}{row['right_rows']:>7,}"


def _show_cost(stages: Mapping[str, Row], long_requests: int) -> None:
    """Beside what was paid, what the large model costs for all long messages, at the prices of the first and of the batch."""
    short, first, batch = (stages[name] for name in ("1 short", "3 first", "5 let through"))
    tokens = first["tokens"] / first["requests"] * long_requests
    [requests, paid] = _sum(stages.values(), "requests", "cost_usd")
    everything = short["requests"] + long_requests
    print("\n== Beside asking everything: the short messages as they were, all long ones by the large model ==")
    print(f"{'':<24}{'requests':>10}{'USD':>9}")
    print(f"{'this pipeline':<24}{requests - stages['2 embedded']['requests']:>10,}{paid:>9.4f}   embeddings are in the cost")
    for name, asked in (("everything, live", first), ("everything, in batches", batch)):
        print(f"{name:<24}{everything:>10,}{short['cost_usd'] + tokens * asked['cost_usd'] / asked['tokens']:>9.4f}")
    later = [stages["4 dropped"], batch]
    [rows] = _sum(later, "input_rows")
    print(f"Of long messages to come, now that there is a filter, {batch['input_rows'] / rows:.1%} are asked, with the audit.")


def _show_quality(stages: Mapping[str, Row], recall: Row) -> None:
    """Against the labels of the messages' writer; what the stand-in would have said of a dropped message is not known."""
    columns = ("wanted_rows", "found_rows", "right_rows")
    print("\n== Quality of the long messages, against their writer's labels ==")
    print(f"{'':<50}{'recall':>8}{'precision':>11}{'F1':>7}")
    parts = {
        "all asked: the first, drawn as at random": ["3 first"],
        "asked through the filter: dropped and let through": ["4 dropped", "5 let through"],
    }
    for name, names in parts.items():
        wanted, found, right = _sum((stages[one] for one in names), *columns)
        print(f"{name:<50}{right / wanted:>8.3f}{right / found:>11.3f}{2 * right / (wanted + found):>7.3f}")
    print(
        f"The filter: a recall of {recall['stated_recall']} was stated, and {recall['proven_recall']:.4f} is proven"
        f" at a confidence of {recall['stated_confidence']}.\n"
        f"Its audit: {recall['audited_requests'] or 0:,} messages,"
        f" {recall['wanted_requests'] or 0} of them wanted{_interval(recall)}."
    )


def _interval(recall: Row) -> str:
    if not recall["wanted_requests"]:
        return ""
    passed = recall["found_requests"]
    return f", {passed} of which the filter lets through: {recall['recall_low']:.2f} to {recall['recall_high']:.2f}"
