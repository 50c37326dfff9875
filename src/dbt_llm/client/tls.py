"""Whom a connection trusts, and as whom it presents itself."""

from __future__ import annotations

import os
import ssl
from pathlib import Path

from .errors import FatalEndpointError

__all__ = ["tls_context"]

_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""As requests and curl read them. OpenSSL itself reads SSL_CERT_FILE and SSL_CERT_DIR."""


def tls_context(client_cert: str | None = None, client_key: str | None = None) -> ssl.SSLContext:
    """What connections are made with. `client_cert`, `client_key`: PEM files; the first may hold both.

    Raises `FatalEndpointError` where a file is not there or holds nothing of its kind.
    """
    bundle = next(filter(None, (os.environ.get(name, "").strip() for name in _BUNDLES)), None)
    try:
        if bundle is None:
            context = ssl.create_default_context()
        else:
            is_folder = Path(bundle).is_dir()
            context = ssl.create_default_context(cafile=None if is_folder else bundle, capath=bundle if is_folder else None)
    except (OSError, ValueError) as error:
        raise FatalEndpointError(
            f"the certificates that the environment names in {' or '.join(_BUNDLES)} cannot be read ({type(error).__name__})",
            "Expected a PEM file or a folder of such. Correct the variable and run again",
        ) from error
    if client_cert is not None:
        try:
            context.load_cert_chain(client_cert, client_key)
        except (OSError, ValueError) as error:
            raise FatalEndpointError(
                f"the endpoint's client_cert cannot be read ({type(error).__name__})",
                "Expected a PEM file with a certificate and its key, or the key in client_key. Correct it and run again",
            ) from error
    return context
