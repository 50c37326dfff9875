"""fakesnow's routes, with what its clients need and what Snowflake would not answer."""

import contextlib
import json

import duckdb
import fakesnow.server
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


def app() -> Starlette:
    """The application."""
    own = {
        "/session/v1/login-request": _login,
        "/session": _session,
        "/queries/v1/query-request": _query,
        "/telemetry/send": _telemetry,
    }
    kept = [route for route in fakesnow.server.routes if route.path not in own]
    return Starlette(routes=[Route(path, answer, methods=["POST"]) for path, answer in own.items()] + kept)


async def _login(request: Request) -> Response:
    answer = json.loads((await fakesnow.server.login_request(request)).body)
    # Without it a client never says that its session is over.
    answer["data"]["masterToken"] = answer["data"]["token"]
    return JSONResponse(answer)


async def _session(request: Request) -> Response:
    if request.query_params.get("delete"):
        connection = fakesnow.server.sessions.get(fakesnow.server.to_token(request))
        for drop in getattr(connection, "stand_in_drops", ()):
            cursor = connection._duck_conn.cursor()
            # Where something of another kind has its name now, the temporary one is gone.
            with contextlib.suppress(duckdb.CatalogException):
                cursor.execute(drop)
            cursor.close()
    return await fakesnow.server.session(request)


async def _query(request: Request) -> Response:
    answer = await fakesnow.server.query_request(request)
    if answer.status_code != 500:
        return answer
    # A client tries an HTTP 500 again for minutes, and the statement with it.
    message = f"[stand-in] {json.loads(answer.body)['message'][:2000]}"
    data = {"errorCode": "000603", "sqlState": "XX000"}
    return JSONResponse({"data": data, "code": "000603", "message": message, "success": False})


async def _telemetry(_: Request) -> Response:
    return JSONResponse({"success": True})
