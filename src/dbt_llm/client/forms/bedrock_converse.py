"""Amazon Bedrock's Converse, one form for all the model families that it serves, and AWS's signature (version 4) of a call."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ..endpoint import Endpoint
from ..errors import ConfigurationError, MissingDependencyError
from ..outcomes import Kind, Outcome, by_status, clean, count, is_success, listed, members, total, word
from .anthropic_messages import TOO_MANY, closed, time_to_live
from .families import claude_effort, is_claude, leave_out_refused, take_effort
from .json_schema import instruction
from .request_body import RequestBody, checked, take_max_tokens, take_stop, to_json

__all__ = ["BedrockConverse", "Signer"]

_OURS = (
    *("modelId", "model", "messages", "system", "toolConfig", "tools", "stream", "n", "response_format"),
    *("outputConfig", "inferenceConfig", "promptVariables"),
)
_BESIDE = frozenset({"guardrailConfig", "requestMetadata", "performanceConfig", "additionalModelRequestFields"})
_TRUNCATED = frozenset({"max_tokens", "model_context_window_exceeded"})
_REFUSED = frozenset({"guardrail_intervened", "content_filtered"})
_COMPLETE = frozenset({"end_turn", "stop_sequence"})
_NO_SUCH_MODEL = re.compile(r"model identifier is invalid|on-demand throughput isn.t supported", re.IGNORECASE)


class BedrockConverse:
    """A `Form`: `POST /model/{model}/converse`, signed with AWS credentials, or with a Bedrock API key as it is."""

    def __init__(
        self,
        endpoint: Endpoint,
        model_parameters: Mapping[str, Any] | None = None,
        response_format: Mapping[str, Any] | None = None,
        prompt_prefix: str = "",
    ) -> None:
        """Encode what is constant.

        Raises `ConfigurationError` where a model parameter would change what a response means or there are no AWS
        credentials, and `MissingDependencyError` without the extra `bedrock`.
        """
        parameters = checked(model_parameters, _OURS)
        self._keyed: dict[str, Mapping[str, str]] = {}
        self._signer = Signer(endpoint) if endpoint.api_key_env is None else None
        self.url = f"{endpoint.base_url}/model/{quote(endpoint.model_name, safe='')}/converse"
        has_claude = is_claude(endpoint.model_name)
        warnings = [leave_out_refused(endpoint.model_name, parameters, has_claude=True)] if has_claude else []
        self.max_output_tokens = take_max_tokens(parameters)
        output: dict[str, Any] = {}
        effort = parameters.pop("effort", None)
        if has_claude and effort is None:
            effort, warning = claude_effort(endpoint.model_name, take_effort(parameters))
            warnings.append(warning)
        if effort is not None:
            output["effort"] = effort
        system = None
        if response_format is not None:
            is_asked = endpoint.structured_output == "schema"
            schema = closed(response_format, is_limited=has_claude) if is_asked else None
            if schema is not None:
                structure = {"jsonSchema": {"name": "response", "schema": to_json(schema)}}
                output["textFormat"] = {"type": "json_schema", "structure": structure}
            else:
                # There is no JSON mode without a schema.
                system = instruction(response_format)
                warnings.append(TOO_MANY if is_asked else None)
        self.warning = " ".join(filter(None, warnings)) or None
        constants = _constants(parameters, self.max_output_tokens)
        if output:
            constants["outputConfig"] = output
        constant_text = (system or "") + prompt_prefix
        ttl = time_to_live(endpoint, constant_text, has_cache=has_claude or "amazon.nova" in endpoint.model_name)
        # Five minutes are what all families have, and the only time that some can be told.
        mark = [{"cachePoint": {"type": "default", **({"ttl": ttl} if ttl == "1h" else {})}}] if ttl is not None else []
        has_prefix = bool(prompt_prefix.strip())

        def layout(prompt: str, content: list[object] | None = None) -> dict[str, Any]:
            parts: dict[str, Any] = {}
            if system is not None:
                parts["system"] = [{"text": system}, *(mark if content is None else [])]
            parts["messages"] = [{"role": "user", "content": content or [{"text": prompt}]}]
            return {**parts, **constants}

        def divided(rest: str) -> dict[str, Any]:
            return layout(rest, [{"text": prompt_prefix}, *mark, {"text": rest}])

        self._body = RequestBody(layout, prefix=prompt_prefix, divided=divided if mark and has_prefix else None)
        self.constant_bytes = len((system or "").encode())
        self.cached_bytes = len(constant_text.encode("utf-8", "surrogatepass")) if mark else 0

    def headers(self, api_key: str | None, body: bytes) -> Mapping[str, str]:
        """The headers of a call: a signature over its body, or the API key."""
        if self._signer is not None:
            return self._signer.headers(self.url, body)
        if str(api_key) not in self._keyed:
            self._keyed[str(api_key)] = {"Content-Type": "application/json", "Authorization": f"Bearer {api_key}"}
        return self._keyed[str(api_key)]

    def encode(self, prompt: str) -> bytes:
        """The body for one prompt."""
        return self._body.encode(prompt)

    def interpret(self, status: int, body: Any) -> Outcome:
        """What a response means."""
        response = members(body)
        if not is_success(status) or "output" not in response:
            return _failure(status, response)
        blocks = listed(members(members(response["output"]).get("message")).get("content"))
        texts = [text for text in (block.get("text") for block in blocks) if isinstance(text, str)]
        reason = word(response.get("stopReason"))
        usage = members(response.get("usage"))
        cached, written = count(usage.get("cacheReadInputTokens")), count(usage.get("cacheWriteInputTokens"))
        outcome = Outcome(
            Kind.SUCCEEDED,
            completion=clean("".join(texts)) if texts else None,
            finish_reason=reason,
            input_tokens=total(count(usage.get("inputTokens")), cached, written),
            output_tokens=count(usage.get("outputTokens")),
            cached_input_tokens=cached,
            cache_write_tokens=written,
        )
        if reason in _TRUNCATED:
            return outcome.truncate()
        if reason in _REFUSED:
            return outcome.refuse(None)
        kinds = {kind for block in blocks for kind in block}
        instead = next((kind for kind in ("toolUse", "reasoningContent") if kind in kinds), None)
        return outcome.complete(instead, is_whole=reason in _COMPLETE)


def _constants(parameters: dict[str, Any], max_tokens: int | None) -> dict[str, Any]:
    """Model parameters in Converse's places; those that it does not know are the model family's own."""
    inference: dict[str, Any] = {}
    if max_tokens is not None:
        inference["maxTokens"] = max_tokens
    for theirs, name in (("temperature", "temperature"), ("topP", "top_p"), ("stopSequences", "stop_sequences")):
        if name in parameters:
            inference[theirs] = parameters.pop(name)
    stop = take_stop(parameters)
    if stop is not None:
        inference["stopSequences"] = stop
    constants = {name: parameters.pop(name) for name in _BESIDE if name in parameters}
    tier = parameters.pop("service_tier", parameters.pop("serviceTier", None))
    if tier is not None:
        constants["serviceTier"] = {"type": tier} if isinstance(tier, str) else tier
    if inference:
        constants["inferenceConfig"] = inference
    if parameters:
        constants["additionalModelRequestFields"] = {**parameters, **constants.get("additionalModelRequestFields", {})}
    return constants


def _failure(status: int, body: Mapping[str, Any]) -> Outcome:
    message = word(body.get("message")) or word(body.get("Message"))
    if is_success(status):
        return Outcome(Kind.TRANSIENT).repeat(message) if message else Outcome(Kind.BLANK).blank()
    outcome = by_status(status, message, word(body.get("__type")))
    if status == 424:
        # The model broke down over it; another try may end well.
        outcome.kind, outcome.error_class = Kind.TRANSIENT, "provider_error"
    elif status == 400 and _NO_SUCH_MODEL.search(message or ""):
        return outcome.stop("model")
    return outcome


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
