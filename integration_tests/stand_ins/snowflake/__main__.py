"""Serve until stdin closes; the first line on stdout is the dbt target."""

import argparse
import json
import socket
import sys
import threading

import fakesnow.server
import uvicorn

from . import completions, fixes

parser = argparse.ArgumentParser()
parser.add_argument("--llm-url", required=True)
arguments = parser.parse_args()

fixes.install()
fakesnow.server.shared_fs.duck_conn.create_function(
    "_stand_in_complete",
    completions.function(arguments.llm_url),
    ["VARCHAR"] * 4,
    "VARCHAR",
    type="arrow",
    null_handling="special",
    side_effects=True,
)
listener = socket.create_server(("127.0.0.1", 0))
server = uvicorn.Server(uvicorn.Config(fakesnow.server.app, log_level="warning"))
thread = threading.Thread(target=server.run, args=([listener],))
thread.start()
target = {
    "type": "snowflake", "account": "fakesnow", "user": "fake", "password": "fake",
    "host": "127.0.0.1", "port": listener.getsockname()[1], "protocol": "http", "insecure_mode": True,
    "database": "STAND_IN", "schema": "DBT", "warehouse": "WH", "role": "R", "threads": 4,
    "connect_retries": 0, "connect_timeout": 10,
}  # fmt: skip
print(json.dumps(target), flush=True)
sys.stdin.read()
server.should_exit = True
thread.join()
