"""What is said where a verdict is on the endpoint: what it did, and what to do about it."""

from __future__ import annotations

from .endpoint import Endpoint
from .errors import EndpointError, FatalEndpointError, ThrottledError, UnansweredError
from .outcomes import Outcome, Trouble
from .pacing import LONGEST_PAUSE_S
from .verdicts import Answer, Verdict

__all__ = ["error_of"]

_ERRORS: dict[Verdict, type[EndpointError]] = {
    Verdict.FATAL: FatalEndpointError,
    Verdict.THROTTLED: ThrottledError,
    Verdict.UNANSWERED: UnansweredError,
}


def error_of(
    verdict: Verdict, answer: Answer, endpoint: Endpoint, url: str, *, witnesses: int, is_first: bool, longest_s: float
) -> EndpointError:
    """The error of a run that ends by this verdict.

    `witnesses`: how many requests in a row met the same; `is_first`: nothing was answered before. `longest_s`: how long
    429s may put off one request.
    """
    assert answer.trouble is not None
    message = answer.response.error_message
    if answer.trouble is Trouble.UNREACHABLE:
        did = f"is unreachable ({message})"
    elif answer.trouble is Trouble.PUT_OFF:
        did = f"asks to wait for {answer.wait_s:,.0f} s{'' if answer.wait_s > LONGEST_PAUSE_S else ' in all'} ({message})"
    elif answer.outcome.status is None:
        did = f"gave no answer ({message})"
    else:
        did = str(message)
    if witnesses > 1:
        did += f", as to each of the {'first' if is_first else 'last'} {witnesses} requests"
    return _ERRORS[verdict](f"endpoint '{endpoint.name}' {did}", _remedy(answer, endpoint, url, longest_s))


def _remedy(answer: Answer, endpoint: Endpoint, url: str, longest_s: float) -> str:
    remedies = {
        Trouble.REFUSED: "Expected requests that it understands. Correct the task's model_parameters or response_format, or"
        " the endpoint's structured_output or base_url, and run again",
        Trouble.BLOCKED: _access(answer.outcome, endpoint, url),
        Trouble.UNREACHABLE: f"Expected a server at '{url}', which was called. Start it, or correct base_url, and run again",
        Trouble.DROPPED: f"Expected a server at '{url}' that answers. See to it, or correct base_url, and run again",
        Trouble.PUT_OFF: f"Expected {LONGEST_PAUSE_S:.0f} s at most, and {longest_s:.0f} s in all."
        " Run again later, or lower the endpoint's requests_per_minute",
        Trouble.BROKEN: "Expected answers. Run again once the provider is well",
        Trouble.LATE: f"Expected an answer within the endpoint's timeout_s of {endpoint.timeout_s:g} s; such a call may be"
        " billed. Raise timeout_s, or ask for less, and run again",
        Trouble.EMPTY: "Expected a completion; such a call is billed. See how the endpoint and its model are set, and run again",
        Trouble.NO_ANSWER: "Expected a completion; such a call is billed. See how the endpoint and its model are set,"
        " and run again",
    }
    assert answer.trouble is not None
    return remedies.get(answer.trouble) or _misset(answer.outcome, endpoint, url)


def _access(outcome: Outcome, endpoint: Endpoint, url: str) -> str:
    if outcome.status == 200:
        return f"Expected a completion from '{url}', which was called. Correct the endpoint's base_url, and run again"
    if endpoint.api_key_env is None:
        return _key(endpoint)
    return (
        f"Expected a key in the environment variable '{endpoint.api_key_env}' that may use '{endpoint.model_name}',"
        " and no filter on the way that refuses the prompts. See to it and run again"
    )


def _key(endpoint: Endpoint) -> str:
    if endpoint.api_key_env is None and endpoint.provider == "bedrock":
        return (
            f"Expected AWS credentials that may invoke '{endpoint.model_name}' in {endpoint.region}."
            " Check them and the access to the model, and run again"
        )
    if endpoint.api_key_env is None:
        return (
            "Expected it to need no key. Name the environment variable that holds the key"
            " as the endpoint's api_key_env and run again"
        )
    return f"Expected a valid key in the environment variable '{endpoint.api_key_env}'. Set it and run again"


def _misset(outcome: Outcome, endpoint: Endpoint, url: str) -> str:
    if outcome.fault == "key":
        return _key(endpoint)
    if outcome.fault == "credit":
        return "Expected an account with credit. Add some at the provider and run again"
    if outcome.fault == "proxy":
        return f"Expected a way to '{url}'. See to the proxy, or to the login that it asks for, and run again"
    if outcome.fault == "address":
        return f"Expected an API at '{url}', which was called. Correct the endpoint's base_url, or its api, and run again"
    return (
        f"Expected the model '{endpoint.model_name}' at '{url}', which was called."
        " Correct the endpoint's model_name or base_url and run again"
    )
