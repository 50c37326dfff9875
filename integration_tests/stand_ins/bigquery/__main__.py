"""Serve until stdin closes; the first line on stdout is the dbt target."""

import argparse
import json
import os

parser = argparse.ArgumentParser()
parser.add_argument("--llm-url", required=True)
arguments = parser.parse_args()

# bqemulator logs to stdout, from its import on; the one who started this reads the target there.
with os.fdopen(os.dup(1), "w") as output:
    os.dup2(2, 1)
    from . import service

    service.run(arguments.llm_url, lambda target: print(json.dumps(target), file=output, flush=True))
