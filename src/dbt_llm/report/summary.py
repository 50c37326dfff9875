"""What stands on top: paid, spared, in quarantine, and what would stop a build."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .gates import Gate
from .source import Source
from .text import count, dollars


@dataclass(frozen=True)
class Fact:
    """A figure, and what it is of."""

    name: str
    figure: str
    words: str


@dataclass(frozen=True)
class Summary:
    """`facts` for the eye; `alarms` in whole sentences, none where all is well."""

    facts: Sequence[Fact]
    alarms: Sequence[str]
    notes: Sequence[str]


def summarise(source: Source, gates: Sequence[Gate] | None) -> Summary:
    """Sum up. `gates`: None where nobody knows which there are."""
    alarms: list[str] = []
    notes: list[str] = []
    facts = [*_bill(source, notes), *_quarantine(source), *_pending(source, alarms)]
    alarms += _moved(source)
    if gates is None:
        notes.append(
            "Which gates the project has is not known here: name dbt's target folder with --target, and each is asked."
            if source.holds_tasks
            else "Gates are tests of the tasks' own tables, which are not among exported tables."
        )
    else:
        failing = [gate for gate in gates if gate.status in ("warn", "error")]
        told = "would pass now" if not failing else "would not pass now"
        facts.append(Fact("gates", f"{len(failing)} of {len(gates)}" if failing else f"{len(gates)}", f"gates {told}"))
        alarms += [
            f"The gate {gate.name} of {gate.of} ({gate.arguments or 'no arguments'}) would "
            f"{'fail' if gate.status == 'error' else 'warn'}: {gate.message}."
            for gate in failing
        ]
        alarms += [
            f"The gate {gate.name} of {gate.of} is not known: {gate.message}" for gate in gates if gate.status == "unknown"
        ]
    return Summary(facts, alarms, notes)


def _bill(source: Source, notes: list[str]) -> list[Fact]:
    if "dbt_llm__usage_daily" not in source.tables:
        return [Fact("paid", "–", "paid: there is no table dbt_llm__usage_daily here")]
    [row] = source.rows(
        """
        select
            coalesce(sum(requests), 0)::bigint as requests,
            coalesce(sum(cache_hits), 0)::bigint as cache_hits,
            coalesce(sum(deduplicated_rows), 0)::bigint as deduplicated_rows,
            sum(cost_usd)::double as paid,
            sum(would_have_paid_usd)::double as would_have_paid,
            count(*) filter (requests > 0 and cost_usd is null)::bigint as unpriced,
            count(*) filter (cache_hits + deduplicated_rows > 0 and saved_usd is null)::bigint as unsaved
        from dbt_llm__usage_daily
        """
    )
    if row["unpriced"]:
        notes.append("Some requests went to an endpoint without a price, so what was paid is more than is shown here.")
    if row["unsaved"]:
        notes.append(
            "What was spared has a price only where an answer of the same task, language model and prompt version has one."
        )
    spared = row["cache_hits"] + row["deduplicated_rows"]
    return [
        Fact("paid", dollars(row["paid"]), f"paid, for {count(row['requests'], 'request')}"),
        Fact(
            "would-have-paid",
            dollars(row["would_have_paid"]),
            f"would have been paid, had {count(spared, 'row')} not been spared",
        ),
    ]


def _quarantine(source: Source) -> list[Fact]:
    if "dbt_llm__quarantine" not in source.tables:
        return [Fact("quarantine", "–", "in quarantine: there is no table dbt_llm__quarantine here")]
    [row] = source.rows(
        "select count(*)::bigint as requests, coalesce(sum(input_rows), 0)::bigint as input_rows from dbt_llm__quarantine"
    )
    return [Fact("quarantine", f"{row['input_rows']:,}", f"rows in quarantine, of {count(row['requests'], 'request')}")]


def _pending(source: Source, alarms: list[str]) -> list[Fact]:
    if "dbt_llm__runs" not in source.tables:
        return []
    left = source.rows(
        """
        select task, left_requests::bigint as left_requests, stop_reason
        from dbt_llm__runs
        where left_requests is not null
        qualify row_number() over (partition by task order by started_at desc) = 1
        order by task
        """
    )
    alarms += [
        f"The latest run of {row['task']} left {count(row['left_requests'], 'request')} pending"
        + (f" ({row['stop_reason']})." if row["stop_reason"] else ".")
        for row in left
        if row["left_requests"]
    ]
    total = sum(row["left_requests"] for row in left)
    return [Fact("pending", f"{total:,}", "requests pending after the latest runs")]


def _moved(source: Source) -> list[str]:
    if "dbt_llm__drift" not in source.tables:
        return []
    rows: list[dict[str, Any]] = source.rows(
        "select task, message from dbt_llm__drift where outcome = 'moved' and is_latest_run order by task, sigmas desc"
    )
    return [f"The latest measured run of {row['task']} moved: {row['message']}." for row in rows]
