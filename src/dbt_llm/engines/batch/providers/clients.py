"""How the providers' own clients reach them: as the embedded engine does, and with no key to anybody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from ....client.proxies import proxy_of
from ....client.tls import tls_context

if TYPE_CHECKING:
    import requests

__all__ = ["download", "httpx_client", "httpx_options"]

_MOST_REDIRECTS = 5


def httpx_options(base_url: str) -> dict[str, Any]:
    """The arguments of an `httpx.Client`. A redirect would carry the key to wherever it leads, unless it is `Authorization`."""
    return {
        "follow_redirects": False,
        "proxy": proxy_of(base_url),
        # Else it reads the environment by itself: its own rules for proxies, and keys from a netrc file.
        "trust_env": False,
        "verify": tls_context(),
    }


def httpx_client(default: type[Any], base_url: str) -> Any:
    """A client of httpx, of the version that an SDK's `default` is made of, which reads the environment whatever it is told."""
    [client] = [kind for kind in default.__mro__ if kind.__name__ == "Client"]
    return client(**httpx_options(base_url))


def download(
    session: requests.Session, url: str, *, params: dict[str, str], headers: dict[str, str], timeout: tuple[float, float]
) -> requests.Response:
    """GET what may be kept elsewhere, as a stream. `headers`, the key among them, go to the first address only."""
    for _ in range(_MOST_REDIRECTS):
        proxy = proxy_of(url)
        session.trust_env = False
        session.proxies = {"http": proxy, "https": proxy} if proxy is not None else {}
        response = session.get(url, params=params, headers=headers, stream=True, timeout=timeout, allow_redirects=False)
        if not response.is_redirect:
            return response
        response.close()
        place = urljoin(url, response.headers["Location"])
        if urlsplit(place).scheme != "https" and urlsplit(url).scheme == "https":
            break
        url, params, headers = place, {}, {}
    return response
