"""One loopback port for the connector's calls and those of Python models."""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from thrift.protocol.TBinaryProtocol import TBinaryProtocol
from thrift.transport.TTransport import TMemoryBuffer

from databricks.sql.thrift_api.TCLIService import TCLIService

from .commands import Commands

PATH = "/sql/1.0/warehouses/stand_in"


class Server(ThreadingHTTPServer):
    """Serves one thread a connection."""

    daemon_threads = True

    def __init__(self, service):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.processor = TCLIService.Processor(service)
        self.commands = Commands(service.new_session)

    def handle_error(self, request, client_address):
        """A client that was killed is no error of the server's."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.startswith(PATH):
            answer = TMemoryBuffer()
            self.server.processor.process(TBinaryProtocol(TMemoryBuffer(body)), TBinaryProtocol(answer))
            self._send(200, answer.getvalue(), "application/x-thrift")
        else:
            self._command(json.loads(body or b"{}"))

    def do_GET(self):
        if self.path == "/.well-known/databricks-config":
            # The SDK asks for it again and again where there is none.
            self._send(200, json.dumps({"host_type": "workspace", "cloud": "AWS"}).encode(), "application/json")
        else:
            self._command({})

    def _command(self, body):
        answer = self.server.commands.answer(self.command, self.path, body)
        if answer is None:
            self._unknown()
        else:
            self._send(200, json.dumps(answer).encode(), "application/json")

    def _unknown(self):
        message = {"error_code": "ENDPOINT_NOT_FOUND", "message": f"the stand-in has no {self.command} {self.path}"}
        print(message["message"], file=sys.stderr, flush=True)
        self._send(404, json.dumps(message).encode(), "application/json")

    def _send(self, status, content, content_type):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format, *args):  # noqa: A002
        """A line for each call would drown Spark's errors."""
