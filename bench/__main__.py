"""All benches: `make bench`. Each figure stands beside its yardstick, measured in the same run."""

import subprocess
import sys
from pathlib import Path

for name in ("client", "rerun", "parse"):
    subprocess.run([sys.executable, str(Path(__file__).with_name(f"{name}.py"))], check=True)
