"""What the package adds to `dbt parse`; one Markdown table.

    python -m bench parse [--rounds 5]

The same project with and without the package, parsed in full; CPU seconds of the process, the best of the rounds.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROFILE = "bench: {target: dev, outputs: {dev: {type: duckdb, path: ':memory:'}}}\n"


def parse(folder: Path) -> float:
    """CPU seconds of a full parse."""
    command = [
        str(Path(sys.executable).with_name("dbt")),
        "--no-version-check",
        "--quiet",
        "parse",
        "--no-partial-parse",
    ]
    environment = {
        **os.environ,
        "DBT_PROFILES_DIR": str(folder),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    process = subprocess.Popen(command, cwd=folder, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit("dbt parse failed")
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench parse")
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as temporary:
        folders = {}
        for name in ("without", "with"):
            folder = folders[name] = Path(temporary) / name
            (folder / "models").mkdir(parents=True)
            (folder / "models" / "a.sql").write_text("select 1 as id")
            (folder / "dbt_project.yml").write_text("name: bench\nversion: 1.0.0\nprofile: bench\n")
            (folder / "profiles.yml").write_text(PROFILE)
        (folders["with"] / "packages.yml").write_text(f"packages:\n  - local: {ROOT}\n")
        (folders["with"] / "dbt_packages").mkdir()
        (folders["with"] / "dbt_packages" / "dbt_llm").symlink_to(ROOT)
        pairs = [(parse(folders["without"]), parse(folders["with"])) for _ in range(rounds)]
    without, with_package = (
        min(pair[0] for pair in pairs),
        min(pair[1] for pair in pairs),
    )
    added = with_package - without
    print("\n## `dbt parse`\n")
    print("| without, CPU s | with, CPU s | added | target | met |\n|--:|--:|--:|--:|---|")
    print(f"| {without:.2f} | {with_package:.2f} | {added:.2f} | ≤ 1 | {'yes' if added <= 1 else '**no**'} |")


if __name__ == "__main__":
    main()
