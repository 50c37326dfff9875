"""`python -m dbt_llm.testing`: the stand-in server as a process of its own."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

from .answers import PRESETS
from .server import Provider, Server

# Read at once: a parent that ends while this process starts must not be missed.
_PARENT = os.getppid()


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until idle, out of time, or without a parent. Prints one JSON line once it listens."""
    options = _parser().parse_args(arguments)
    preset = PRESETS[options.preset]
    faults = preset.faults
    if options.latency_s is not None:
        faults = replace(faults, latency_s=options.latency_s)
    if options.seed is not None:
        faults = replace(faults, seed=options.seed)
    server = Server(
        preset.answer,
        faults,
        batch_polls=options.batch_polls,
        port=options.port,
        api_key=options.api_key,
        served_model=preset.served_model,
        record=False,
        log=options.log,
    )
    # Ended by a signal, it still deletes its files.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with server:
        urls = {provider: server.url(provider) for provider in get_args(Provider)}
        shown = {"base_url": server.base_url, "urls": urls, "pid": os.getpid(), "answers": preset.description}
        print(json.dumps(shown), flush=True)
        try:
            _wait(server, options.idle_seconds, options.max_seconds)
        except KeyboardInterrupt:
            sys.exit(130)


def _wait(server: Server, idle_s: float, max_s: float) -> None:
    started_at = time.monotonic()
    while os.getppid() == _PARENT:
        now = time.monotonic()
        idle = now - server.last_call_at > idle_s and not server.counters.in_flight
        if idle or now - started_at > max_s:
            return
        time.sleep(0.1)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dbt_llm.testing",
        description="The providers' APIs, local, answered without a language model.",
    )
    parser.add_argument("--preset", choices=sorted(PRESETS), default="echo", help="what it answers")
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--latency-s", type=float, help="seconds before each answer")
    parser.add_argument("--seed", type=int, help="which calls meet the preset's faults")
    parser.add_argument("--batch-polls", type=int, help="a batch job has ended from its poll n + 1 on")
    parser.add_argument("--api-key", help="refuse calls without this key")
    parser.add_argument("--log", help="append a line per call to this file: prompt sha256, status, fault, times")
    parser.add_argument("--idle-seconds", type=float, default=120, help="stop after so long without a call")
    parser.add_argument("--max-seconds", type=float, default=3600, help="stop after so long in any case")
    return parser


if __name__ == "__main__":
    main()
