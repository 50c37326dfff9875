"""The emulator with everything installed, served until stdin closes."""

import asyncio
import sys
import tempfile
import threading
from collections.abc import Callable
from typing import Any

from bqemulator.config import LogFormat, LogLevel, Settings
from bqemulator.server import EmulatorServer

from . import ai_functions, declared_columns, extension, json_functions, remote_models, statements, unnest_offset
from .completions import Completions

PROJECT = "stand-in"


def run(llm_url: str, ready: Callable[[dict[str, Any]], None]) -> None:
    """Serve, and say when it does with the dbt target."""
    extension.install()
    json_functions.install()
    remote_models.install()
    declared_columns.install()
    unnest_offset.install()
    completions = Completions(llm_url)
    ai_functions.install(completions)
    statements.install(completions)
    with tempfile.TemporaryDirectory(prefix="bigquery-stand-in-") as folder:
        settings = Settings(
            rest_port=0, grpc_port=0, default_project_id=PROJECT, enable_format_extensions=False,
            upload_staging_dir=folder, log_level=LogLevel.ERROR, log_format=LogFormat.CONSOLE,
        )  # fmt: skip
        asyncio.run(_serve(settings, ready))


async def _serve(settings: Settings, ready: Callable[[dict[str, Any]], None]) -> None:
    server = EmulatorServer(settings)
    await server.start()
    closed, loop = asyncio.Event(), asyncio.get_running_loop()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        loop.call_soon_threadsafe(closed.set)

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    ready({
        "type": "bigquery", "method": "oauth-secrets", "token": "stand-in", "project": PROJECT, "dataset": "dbt",
        "location": "US", "threads": 4, "api_endpoint": server.rest_url, "job_retries": 0,
        "job_creation_timeout_seconds": 300, "job_execution_timeout_seconds": 300, "job_retry_deadline_seconds": 30,
    })  # fmt: skip
    await closed.wait()
    await server.stop()
