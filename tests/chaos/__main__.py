"""`make chaos SEEDS=0-999`: carry out schedules, print what must not be, and go on where it was left."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, get_args

from tests.chaos.oracle import Fault, Kind, Seen, judge
from tests.chaos.runners import carry_out, clean
from tests.chaos.schedule import Road, Schedule, schedule
from tests.chaos.server import StandIn

_SHOWN = 5
_MOST_REPEATS = 2
_NAMES: dict[Kind, str] = {
    "lost": "rows lost",
    "paid": "paid outside rule 4",
    "filler": "fillers",
    "count": "wrong counts",
    "limit": "limits passed",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out what is not yet in the results; 1 where any schedule has a fault."""
    options = _parser().parse_args(arguments)
    results: Path = options.results
    results.parent.mkdir(parents=True, exist_ok=True)
    known = [] if options.again else _read(results)
    done = {(line["seed"], line["asked_road"]) for line in known}
    seeds = [seed for seed in _seeds(options.seeds) if (seed, options.road) not in done]
    with (
        tempfile.TemporaryDirectory(prefix="dbt_llm_chaos_") as folder,
        results.open("a") as file,
        StandIn(Path(folder) / "calls.jsonl") as server,
    ):
        for seed in seeds:
            line = one(schedule(seed, options.road), server, Path(folder), keep=options.keep)
            line["asked_road"] = options.road
            print(json.dumps(line), file=file, flush=True)
            known.append(line)
    wanted = set(_seeds(options.seeds))
    lines = [line for line in known if line["seed"] in wanted and line["asked_road"] == options.road]
    print(table(lines))
    return 1 if any(line["faults"] for line in lines) else 0


def one(planned: Schedule, server: StandIn, folder: Path, keep: Path | None = None) -> dict[str, Any]:
    """Carry out one schedule; its line of the results. A fault is printed. `keep`: where a faulty one's files are left."""
    began_at = time.monotonic()
    # From the root, as dbt runs in a folder of its own.
    place = (folder if keep is None else keep).absolute() / f"{planned.road}-{planned.seed}"
    seen, faults, repeats = judged(planned, server, place)
    if keep is None or not faults:
        clean(place)
    for fault in faults[:_SHOWN]:
        print(f"seed {planned.seed} ({planned.road}): {_NAMES[fault.kind]}: {fault.words}", flush=True)
    if faults:
        print(f"    again: make chaos SEEDS={planned.seed} AGAIN=1; {len(faults)} in all", flush=True)
    return {**_figures(planned, seen, faults), "repeats": repeats, "seconds": round(time.monotonic() - began_at, 2)}


def judged(planned: Schedule, server: StandIn, folder: Path) -> tuple[Seen, list[Fault], int]:
    """What a schedule comes to, what is wrong with it, and how often it was repeated.

    A busy machine keeps an answer late, so where nothing else is wrong it is carried out again: what the engine does late
    it does late each time.
    """
    repeats = 0
    while True:
        clean(folder)
        folder.mkdir(parents=True)
        seen = carry_out(planned, server, folder)
        faults = judge(planned, seen)
        if repeats == _MOST_REPEATS or not faults or not all(fault.is_late for fault in faults):
            return seen, faults, repeats
        repeats += 1


def _figures(planned: Schedule, seen: Seen, faults: Iterable[Fault]) -> dict[str, Any]:
    return {
        "seed": planned.seed,
        "road": planned.road,
        "runs": len(seen.runs),
        "kills": len(seen.kills),
        "calls": len(seen.calls) + sum(seen.billed_in_batches.values()),
        "rows": len(seen.rows),
        "answers": len(seen.responses),
        "longest_stall_s": round(max((kill.stalled_s for kill in seen.kills), default=0.0), 3),
        "faults": dict(Counter(fault.kind for fault in faults)),
    }


def table(lines: Sequence[dict[str, Any]]) -> str:
    """The totals of results, by road and of all."""
    names = ["schedules", "runs", "kills", "calls", "rows", *_NAMES.values(), "repeated", "seconds"]
    shown = [["road", *names]]
    for road in (*get_args(Road), "all"):
        of_road = [line for line in lines if road in (line["road"], "all")]
        figures = [len(of_road), *(sum(line[name] for line in of_road) for name in ("runs", "kills", "calls", "rows"))]
        figures += [sum(line["faults"].get(kind, 0) for line in of_road) for kind in _NAMES]
        figures.append(sum(line["repeats"] for line in of_road))
        shown.append([road, *(f"{figure:,}" for figure in figures), f"{sum(line['seconds'] for line in of_road):,.0f}"])
    widths = [max(len(row[column]) for row in shown) for column in range(len(shown[0]))]
    return "\n".join("  ".join(text.rjust(width) for text, width in zip(row, widths, strict=True)) for row in shown)


def _read(results: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in results.read_text().splitlines()] if results.exists() else []


def _seeds(text: str) -> list[int]:
    """`7`, `0-999`, or such, with commas between."""
    seeds: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        seeds += range(int(first), int(last or first) + 1)
    return seeds


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("seeds", help="such as 0-999 or 7,12")
    parser.add_argument("--road", choices=get_args(Road), help="in place of the one that each seed chooses")
    parser.add_argument("--results", type=Path, default=Path("target/chaos.jsonl"), help="what is done is read there, and added")
    parser.add_argument("--again", action="store_true", help="carry them out though they are done")
    parser.add_argument("--keep", type=Path, help="a folder where what is faulty leaves its files")
    return parser


if __name__ == "__main__":
    sys.exit(main())
