"""The combined pipeline, run as `make pipeline` does, on fewer messages."""

import re
import subprocess
import sys
from pathlib import Path

from tests.examples.tree import copied


def test_the_pipeline_runs(tmp_path: Path) -> None:
    """Each stage has its rows and its bill, the filter is proven, and what is run again pays nothing."""
    copy = copied(tmp_path / "dbt_llm")
    shown = subprocess.run(
        [sys.executable, "examples/combined_pipeline/pipeline.py", "--rows", "2600", "--first", "1700"],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 0, shown.stdout + shown.stderr
    lines = shown.stdout.splitlines()
    stages = {line[:17].strip(): line[41:].replace(",", "").split() for line in lines if re.match(r"\d [a-z]|all {9}", line)}
    assert list(stages) == ["1 short", "2 embedded", "3 first", "4 dropped", "5 let through", "all"], shown.stdout
    rows = {name: int(numbers[0]) for name, numbers in stages.items()}
    assert rows["all"] == 2_600 == sum(rows[name] for name in stages if name not in ("2 embedded", "all"))
    assert rows["2 embedded"] == rows["3 first"] + rows["4 dropped"] + rows["5 let through"]
    assert rows["4 dropped"] > rows["5 let through"] > 0
    requests = {name: int(numbers[2]) for name, numbers in stages.items()}
    assert requests["3 first"] == 1_700 and requests["4 dropped"] == 0
    paid = float(stages["all"][4])
    live, in_batches = (float(line.split()[-1]) for line in lines if line.startswith("everything, "))
    assert 0 < paid < live and in_batches < live
    assert "The last run sent 0 requests in 0 calls, and paid 0.0000 USD." in shown.stdout
