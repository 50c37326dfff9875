"""What stands on top: paid, spared, in quarantine, and what would stop a build, for which the project's gates are asked again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..manifest import read_manifest
from .figures import count, dollars
from .source import Source


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
            round(sum(cost_usd)::double, 9) as paid,
            round(sum(would_have_paid_usd)::double, 9) as would_have_paid,
            string_agg(distinct coalesce(engine, 'an engine unknown'), ', ' order by coalesce(engine, 'an engine unknown'))
                filter (requests > 0) as engines,
            count(*) filter (requests > 0 and cost_usd is null)::bigint as unpriced,
            count(*) filter (requests > 0 and engine in ('spark', 'ray'))::bigint as on_clusters,
            count(*) filter (cache_hits + deduplicated_rows > 0 and saved_usd is null)::bigint as unsaved
        from dbt_llm__usage_daily
        """
    )
    if row["unpriced"]:
        notes.append("Some requests went to an endpoint without a price, so what was paid is more than is shown here.")
        if row["on_clusters"]:
            notes.append("What the hours of a cluster of your own cost is in no table: see its bill.")
    if row["unsaved"]:
        notes.append(
            "What was spared has a price only where an answer of the same task, language model and prompt version has one."
        )
    spared = row["cache_hits"] + row["deduplicated_rows"]
    sent = Fact("paid", dollars(row["paid"]), f"paid, for {count(row['requests'], 'request')}, answered by {row['engines']}")
    if not row["requests"]:
        sent = Fact("paid", "nothing was sent", "so nothing was paid")
    if not row["requests"] and not spared:
        return [sent]
    return [
        sent,
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


@dataclass(frozen=True)
class Gate:
    """A test and what it says now: `pass`, `warn`, `error`, or `unknown` where it could not be asked."""

    name: str
    of: str
    """The dbt model that it is attached to."""
    arguments: str
    status: str
    message: str


def examine(source: Source, target: Path) -> list[Gate]:
    """Ask every compiled gate. Nothing is compiled or run by dbt, and no language model is called.

    Raises `ConfigurationError` where the folder has no manifest.
    """
    return [_asked(source, target, node) for node in _tests(read_manifest(target, "dbt build")["nodes"])]


def project(target: Path) -> str:
    """The project's name, with the target where dbt's latest command was told one: no file of dbt's has the profile's own.

    Raises `ConfigurationError` where the folder has no manifest.
    """
    name = str(read_manifest(target, "dbt build").get("metadata", {}).get("project_name") or "")
    try:
        chosen = json.loads((target / "run_results.json").read_text(encoding="utf-8"))["args"].get("target")
    except (OSError, ValueError, KeyError):
        # dbt parse and dbt docs write none.
        chosen = None
    return f"{name}, target {chosen}" if name and chosen else name


def _tests(nodes: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for _, node in sorted(nodes.items()):
        if node.get("resource_type") == "test" and (node.get("test_metadata") or {}).get("namespace") == "dbt_llm":
            yield node


def _asked(source: Source, target: Path, node: Mapping[str, Any]) -> Gate:
    metadata, config = node["test_metadata"], node["config"]
    arguments = {name: value for name, value in metadata["kwargs"].items() if name != "model"}
    shown = ", ".join(f"{name}: {_shown(value)}" for name, value in arguments.items())
    of = (node.get("attached_node") or "").rpartition(".")[2]
    status, message = _status(source, target, node, config)
    return Gate(metadata["name"], of, shown, status, message)


def _status(source: Source, target: Path, node: Mapping[str, Any], config: Mapping[str, Any]) -> tuple[str, str]:
    file = target / "compiled" / node["package_name"] / node["original_file_path"] / node["path"]
    if not file.is_file():
        return "unknown", "It is not compiled: dbt build or dbt test compiles it."
    fails = config["fail_calc"]
    # As dbt itself puts it around a test.
    query = (
        f"select {fails} as failures, coalesce({fails} {config['warn_if']}, false) as warns,"
        f" coalesce({fails} {config['error_if']}, false) as errs from (\n{file.read_text(encoding='utf-8')}\n) as failing_rows"
    )
    try:
        [row] = source.rows(query)
    except Exception as error:
        # Whatever it is, the reader learns of it, and the other gates are asked.
        return "unknown", f"It could not be asked: {type(error).__name__}: {str(error).splitlines()[0]}"
    failures = int(row["failures"] or 0)
    told = f"{failures:,} failing row{'' if failures == 1 else 's'}"
    if config["severity"].lower() == "error" and row["errs"]:
        return "error", told
    return ("warn", told) if row["warns"] else ("pass", told)


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
