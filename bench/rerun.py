"""What a rerun costs when everything is answered already, beside a hand-written DuckDB query; one Markdown table.

    python -m bench rerun [--rows 1000000] [--scale 10]

The yardstick hashes the prompts, joins the responses and extracts the same three columns without validating them, and
writes them to a table. Times are of the task alone, as dbt reports them, in seconds; the process's peak memory is that
of the whole of dbt. DuckDB gets 4 GB and two threads in both.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import yaml

ROOT = Path(__file__).parents[1]
MEMORY = "4GB"
LLM = {
    "endpoint": "fast",
    "prompt": "Does this message contain personal data? <message>{body}</message>",
    "response_format": {
        "has_pii": {"type": "boolean"},
        "pii_types": {
            "type": "array",
            "items": {"enum": ["email", "phone", "ssn", "card", "address"]},
        },
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
    },
}
YARDSTICK = """
    create or replace table by_hand as
    select
        messages.*,
        (completion ->> '$.has_pii')::boolean as has_pii,
        (completion -> '$.pii_types')::varchar[] as pii_types,
        (completion ->> '$.confidence')::double as confidence
    from (
        select *, sha256($head || 'Does this message contain personal data? <message>' || body || '</message>') as k
        from messages
    ) as messages
    left join dbt_llm__responses on request_key = k
"""


class Bench:
    """A dbt project with a task over so many answered rows."""

    def __init__(self, folder: Path, rows: int) -> None:
        self.folder, self.rows = folder, rows
        self.database = folder / "bench.duckdb"
        (folder / "models").mkdir()
        (folder / "dbt_packages").mkdir()
        (folder / "dbt_packages" / "dbt_llm").symlink_to(ROOT)
        (folder / "packages.yml").write_text(f"packages:\n  - local: {ROOT}\n")
        target = {
            "type": "duckdb", "path": str(self.database), "threads": 1, "plugins": [{"module": "dbt_llm.duckdb"}],
            "settings": {"memory_limit": MEMORY, "threads": 2},
        }  # fmt: skip
        (folder / "profiles.yml").write_text(yaml.safe_dump({"bench": {"target": "dev", "outputs": {"dev": target}}}))
        endpoint = {"model_name": "m", "base_url": "http://127.0.0.1:9/v1"}
        project = {
            "name": "bench", "version": "1.0.0", "profile": "bench",
            "vars": {"dbt_llm_endpoints": {"fast": {"duckdb": endpoint}}},
        }  # fmt: skip
        (folder / "dbt_project.yml").write_text(yaml.safe_dump(project))
        (folder / "models" / "sources.yml").write_text("sources: [{name: raw, schema: main, tables: [{name: messages}]}]")
        for name, config in (
            ("as_incremental", "materialized='incremental', unique_key='message_id'"),
            ("as_table", "materialized='table'"),
        ):
            text = f"{{{{ config({config}) }}}}\n{{{{ dbt_llm.enrich(source('raw', 'messages')) }}}}\n"
            (folder / "models" / f"{name}.sql").write_text(text)
            declared = {"models": [{"name": name, "config": {"meta": {"llm": LLM}}}]}
            (folder / "models" / f"{name}.yml").write_text(yaml.safe_dump(declared, sort_keys=False))

    def fill(self) -> None:
        """Make the messages, and a response for each of them."""
        with duckdb.connect(str(self.database)) as connection:
            connection.execute(
                "create table messages as select i as message_id, 'chat' as channel,"
                " 'message ' || i || repeat(' with some words of text', 6) as body from range($rows) as t(i)",
                {"rows": self.rows},
            )
        self.dbt("run", "--select", "package:dbt_llm")
        self.dbt("compile", "--select", "as_table")
        compiled = (self.folder / "target" / "compiled" / "bench" / "models" / "as_table.sql").read_text()
        with duckdb.connect(str(self.database), config={"memory_limit": MEMORY}) as connection:
            connection.execute(
                "insert into dbt_llm__responses (request_key, task, model_name, status, completion, attempt, responded_at) "
                + compiled.split("/* dbt_llm: result */")[0]
                + "select _dbt_llm_request_key, 'bench', 'm', 'succeeded',"
                ' \'{"has_pii": \' || (message_id % 3 = 0) || \', "pii_types": ["email", "phone"], "confidence": 0.\''
                " || (message_id % 10) || '}', 1, now()::timestamp from llm_requests"
            )

    def dbt(self, *arguments: str) -> float:
        """Run a dbt command; return its peak memory in MB."""
        command = [
            str(Path(sys.executable).with_name("dbt")),
            "--no-version-check",
            "--quiet",
            *arguments,
        ]
        environment = {
            **os.environ,
            "DBT_PROFILES_DIR": str(self.folder),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }
        process = subprocess.Popen(command, cwd=self.folder, env=environment, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            sys.exit(f"dbt {' '.join(arguments)} failed")
        return usage.ru_maxrss / 1024

    def run(self, selected: str) -> tuple[list[float], float]:
        """Seconds of each selected node, and the process's peak memory in MB."""
        memory = self.dbt("run", "--select", selected)
        results = json.loads((self.folder / "target" / "run_results.json").read_text())["results"]
        return [result["execution_time"] for result in results], memory

    def rerun(self, model: str) -> tuple[float, float]:
        """Seconds of the model in a rerun, and the process's peak memory in MB."""
        [seconds], memory = self.run(model)
        return seconds, memory

    def by_hand(self) -> float:
        """Seconds of the yardstick."""
        with duckdb.connect(str(self.database), config={"memory_limit": MEMORY, "threads": 2}) as connection:
            started = time.perf_counter()
            connection.execute(YARDSTICK, {"head": "0" * 64 + "\n"})
            return time.perf_counter() - started


def measure(rows: int) -> dict[str, tuple[float, float, float]]:
    """For each materialization: seconds, seconds by hand (the best of three each), peak MB."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), rows)
        bench.fill()
        found = {}
        for model in ("as_incremental", "as_table"):
            bench.rerun(model)
            pairs = [(bench.rerun(model), bench.by_hand()) for _ in range(3)]
            found[model] = (
                min(p[0][0] for p in pairs),
                min(p[1] for p in pairs),
                max(p[0][1] for p in pairs),
            )
        return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench rerun")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument(
        "--scale",
        type=int,
        default=10,
        help="also measure so many times the rows; 1: do not",
    )
    options = parser.parse_args()
    print(f"\n## A rerun of {options.rows:,} answered rows\n")
    print("| task | rows | s | by hand, s | ratio | target | met | peak MB |\n|---|--:|--:|--:|--:|--:|---|--:|")
    first = measure(options.rows)
    for model, (seconds, by_hand, memory) in first.items():
        ratio = seconds / by_hand
        met = "yes" if ratio <= 1.5 else "**no**"
        print(
            f"| {model} | {options.rows:,} | {seconds:.2f} | {by_hand:.2f} | {ratio:.2f} | ≤ 1.5 | {met} | {memory:,.0f} |",
            flush=True,
        )
    if options.scale > 1:
        for model, (seconds, by_hand, memory) in measure(options.rows * options.scale).items():
            growth = seconds / first[model][0]
            limit = options.scale * 1.1
            met = "yes" if growth <= limit else "**no**"
            print(
                f"| {model} | {options.rows * options.scale:,} | {seconds:.2f} | {by_hand:.2f} | {growth:.2f} × the rows above "
                f"(by hand {by_hand / first[model][1]:.2f} ×) | ≤ {limit:.0f} × | {met} | {memory:,.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
