"""AWS's signature (version 4) of a call, by botocore."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..endpoint import Endpoint
from ..errors import ConfigurationError, MissingDependencyError


class Signer:
    """Signs calls with the credentials that AWS's tools would use: environment, profile, role of the machine."""

    def __init__(self, endpoint: Endpoint) -> None:
        """Look for credentials, which may ask the machine's own services; so not in the event loop.

        Raises `MissingDependencyError`, and `ConfigurationError` where there are none.
        """
        try:
            import botocore.auth  # type: ignore[import-untyped]
            import botocore.awsrequest  # type: ignore[import-untyped]
            import botocore.session  # type: ignore[import-untyped]
        except ImportError as error:
            raise MissingDependencyError(
                f"dbt_llm.bedrock: {error.name} is not installed. Run: pip install 'dbt-llm[bedrock]'"
            ) from error
        credentials = botocore.session.get_session().get_credentials()
        if credentials is None:
            raise ConfigurationError(
                [
                    f"endpoint '{endpoint.name}' has no AWS credentials. Expected those that AWS's tools use (AWS_ACCESS_KEY_ID,"
                    " AWS_PROFILE, a role), or a Bedrock API key in the variable that api_key_env names. Give one and run again."
                ]
            )
        self._credentials: Any = credentials
        self._auth: Any = botocore.auth.SigV4Auth
        self._request: Any = botocore.awsrequest.AWSRequest
        self._region = endpoint.region

    def headers(self, url: str, body: bytes) -> Mapping[str, str]:
        """The headers of a POST of this body, the signature among them; valid for a few minutes."""
        request = self._request("POST", url, data=body, headers={"Content-Type": "application/json"})
        self._auth(self._credentials.get_frozen_credentials(), "bedrock", self._region).add_auth(request)
        return dict(request.headers.items())
