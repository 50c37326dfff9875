"""Whether an endpoint can be asked at all: its key is set and its server answers. It sends no prompt and costs nothing."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp

from .client import ConfigurationError, DbtLlmError
from .client.connections import submit
from .client.endpoint import Endpoint
from .client.proxies import proxy_of
from .client.redaction import error_words
from .client.tls import tls_context

__all__ = ["reach"]

_PATIENCE_S = 10.0


def reach(options_text: str) -> str:
    """Return what is wrong, as a JSON list of sentences. `options_text`: JSON of `endpoint_name` and `endpoint`."""
    options: dict[str, Any] = json.loads(options_text)
    try:
        endpoint = Endpoint.from_options(options["endpoint_name"], options["endpoint"])
        key = endpoint.api_key()
    except ConfigurationError as error:
        return json.dumps(list(error.faults))
    except DbtLlmError as error:
        return json.dumps([str(error)])
    return json.dumps(submit(_faults(endpoint, key)).result())


async def _faults(endpoint: Endpoint, key: str | None) -> list[str]:
    # The list of models, where there is one: of all that a server answers to a GET, it alone tells a wrong key.
    lists_models = endpoint.provider in ("openai", "mistral")
    url = endpoint.base_url + ("/models" if lists_models else "")
    try:
        headers = endpoint.texts("headers") | ({"Authorization": f"Bearer {key}"} if key and lists_models else {})
        ssl = tls_context(endpoint.client_cert, endpoint.client_key) if url.startswith("https:") else True
        async with (
            aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(ssl=ssl), timeout=aiohttp.ClientTimeout(total=_PATIENCE_S)
            ) as session,
            session.get(
                url, params=endpoint.texts("query"), headers=headers, proxy=proxy_of(url), allow_redirects=False
            ) as response,
        ):
            status = response.status
    except DbtLlmError as error:
        return [str(error).rstrip(".")]
    except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
        words = error_words(error)
        return [f"{url} cannot be reached ({words}). Expected a server there; got none. Start it, or mend base_url or the proxy"]
    if status in (401, 403) and lists_models:
        held = f"the key in '{endpoint.api_key_env}'" if endpoint.api_key_env else "requests without a key"
        return [f"{url} refuses {held} (status {status}). Expected a valid one; got a refusal. Set api_key_env, or another key"]
    if status == 407 or 300 <= status < 400:
        return [
            f"{url} is answered by something else on the way (status {status}). Expected the endpoint; got a proxy or login page"
        ]
    return []
