"""Serve until stdin closes; the first line on stdout is the dbt target."""

import argparse
import json
import logging
import os
import sys
import tempfile
import threading
from pathlib import Path

from . import ai_query, spark
from .server import PATH, Server
from .service import Service


def _target(port):
    url = f"http://127.0.0.1:{port}"
    return {
        "type": "databricks",
        # With its scheme, so that the calls of the SDK are plain HTTP too.
        "host": url,
        "http_path": PATH,
        "token": "stand-in",
        "catalog": spark.CATALOG,
        "schema": "dbt",
        "threads": 4,
        "connect_retries": 0,
        "connection_parameters": {
            # The connector makes its URL of https:// and the host otherwise.
            "_connection_uri": url + PATH,
            "_retry_stop_after_attempts_count": 2,
            "_socket_timeout": 600,
            "enable_telemetry": False,
        },
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--llm-url", required=True)
    parser.add_argument("--field-names", choices=ai_query.FIELD_NAMES, default="new")
    arguments = parser.parse_args()

    # It repeats every error of a statement, with all of Java's stack.
    logging.getLogger("SQLQueryContextLogger").disabled = True
    # Java writes to the same stdout; the target's line must be the first there.
    stdout = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    with tempfile.TemporaryDirectory(prefix="stand-in-databricks-", ignore_cleanup_errors=True) as folder:
        session = spark.start(Path(folder))
        try:
            service = Service(session, lambda new: ai_query.register(new, arguments.llm_url, arguments.field_names))
            with Server(service) as server:
                threading.Thread(target=server.serve_forever, daemon=True).start()
                print(json.dumps(_target(server.server_address[1])), file=stdout, flush=True)
                sys.stdin.read()
                server.shutdown()
        finally:
            spark.stop(session)


main()
