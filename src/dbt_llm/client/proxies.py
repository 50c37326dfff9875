"""Which proxy a call goes through, by the variables that curl and requests read: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, getproxies_environment, proxy_bypass

from .errors import FatalEndpointError
from .redaction import bare

__all__ = ["proxy_of"]

_PORTS = {"http": 80, "https": 443}


def proxy_of(url: str) -> str | None:
    """The proxy for a URL, as a URL with its credentials; None where there is none. Never one for this machine itself.

    Raises `FatalEndpointError` where it is one that cannot be spoken to.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    if not host or _is_loopback(host) or _is_excepted(parts, host):
        return None
    proxies = getproxies()
    proxy = (proxies.get(parts.scheme) or proxies.get("all") or "").strip()
    if not proxy:
        return None
    if "://" not in proxy:
        proxy = f"http://{proxy}"
    if urlsplit(proxy).scheme not in _PORTS:
        raise FatalEndpointError(
            f"the proxy '{bare(proxy)}', which the environment names for {host}, cannot be used",
            "Expected one that is spoken to by HTTP. Name such a one in HTTPS_PROXY or HTTP_PROXY, or the endpoint's host in"
            " NO_PROXY, and run again",
        )
    return proxy


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _is_excepted(url: SplitResult, host: str) -> bool:
    environment = getproxies_environment()
    if not environment:
        # The system's own settings, where it has such.
        return bool(proxy_bypass(host))
    port = url.port or _PORTS.get(url.scheme)
    return any(_is_of(entry, host, port) for entry in environment.get("no", "").replace(",", " ").split())


def _is_of(entry: str, host: str, port: int | None) -> bool:
    """Whether an entry of NO_PROXY means a host: `*`, a name or its ending, an address or a network, any with a port."""
    if entry == "*":
        return True
    name, _, only = entry.lower().rpartition(":")
    if not only.isdigit() or not name or (":" in name and not name.endswith("]")):
        # An IPv6 address without brackets has no port.
        name, only = entry.lower(), ""
    if only and int(only) != port:
        return False
    name = name.strip("[]").removeprefix("*").strip(".")
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return bool(name) and (host == name or host.endswith(f".{name}"))
    try:
        return address in ip_network(name, strict=False)
    except ValueError:
        return False
