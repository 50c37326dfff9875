"""Serve until stdin closes; the first line on stdout is the dbt target."""

import argparse
import json
import os
import socket
import sys
import threading
import time

import fakesnow.server
import uvicorn

from . import completions, fixes
from .arguments import EMBEDDING_FUNCTION, FUNCTION
from .server import app

parser = argparse.ArgumentParser()
parser.add_argument("--llm-url", required=True)
arguments = parser.parse_args()

fixes.install()
for name, function, takes, returned in (
    (FUNCTION, completions.function(arguments.llm_url), 4, "VARCHAR"),
    (EMBEDDING_FUNCTION, completions.embedding_function(arguments.llm_url), 2, "FLOAT[]"),
):
    fakesnow.server.shared_fs.duck_conn.create_function(
        name, function, ["VARCHAR"] * takes, returned, type="arrow", null_handling="special", side_effects=True
    )
listener = socket.create_server(("127.0.0.1", 0))
server = uvicorn.Server(uvicorn.Config(app(), log_level="warning", timeout_graceful_shutdown=1))
thread = threading.Thread(target=server.run, args=([listener],))
thread.start()
while not server.started and thread.is_alive():
    time.sleep(0.01)
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
# A statement that waits for its answers must not keep the process alive.
os._exit(0)
