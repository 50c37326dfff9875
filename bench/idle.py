"""What a run with nothing to do costs: one task, and the package's tables; one Markdown table.

    python -m bench idle [--rounds 5]

Seconds of the nodes as dbt reports them, the best of the rounds. The yardsticks are an incremental model beside the
task, and as many tables without rows beside the package's nodes; all stand already.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from .rerun import Bench

NO_ROWS = (
    "{{ config(materialized='table') }}\n"
    "select cast(null as varchar) as a, cast(null as bigint) as b, cast(null as timestamp) as c where 1 = 0\n"
)
PLAIN = (
    "{{ config(materialized='incremental', unique_key='message_id') }}\n"
    "select message_id, body from {{ source('raw', 'messages') }}\n"
    "{% if is_incremental() %}where message_id > (select max(message_id) from {{ this }}){% endif %}\n"
)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench idle")
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as temporary:
        bench = Bench(Path(temporary), 1000)
        (bench.folder / "models" / "plain.sql").write_text(PLAIN)
        bench.fill()
        nodes = len(bench.run("package:dbt_llm")[0])
        for n in range(nodes):
            (bench.folder / "models" / f"empty_{n:02}.sql").write_text(NO_ROWS)
        names = ("as_incremental", "plain", "package:dbt_llm", "empty_*")
        for name in names:
            bench.run(name)
        best = {name: min(sum(bench.run(name)[0]) for _ in range(rounds)) for name in names}
    print("\n## A run with nothing to do\n")
    print("| | s | beside it | s | target | met |\n|---|--:|---|--:|--:|---|")
    for what, name, yardstick, limit in (
        ("one task", "as_incremental", "plain", 0.5),
        (f"the {nodes} nodes of the package", "package:dbt_llm", "empty_*", best["empty_*"]),
    ):
        met = "yes" if best[name] <= limit else "**no**"
        beside = "an incremental model" if yardstick == "plain" else "as many empty tables"
        print(f"| {what} | {best[name]:.2f} | {beside} | {best[yardstick]:.2f} | ≤ {limit:.2f} | {met} |")


if __name__ == "__main__":
    main()
