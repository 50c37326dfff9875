"""An asynchronous client for language models' APIs: their wire forms, rates, retries, limits, and one loop per process.

run = Run(Plan(endpoint), source, sink)
host.wait(submit(run.execute()), run)
"""

from .connections import submit
from .counts import Counts
from .endpoint import Endpoint
from .errors import (
    ConfigurationError,
    DbtLlmError,
    EndpointError,
    FatalEndpointError,
    MissingDependencyError,
    SpendRefusedError,
    ThrottledError,
    UnansweredError,
)
from .limits import BudgetTerms, Limits
from .outcomes import Request, Response
from .run import Plan, Run, Sink

__all__ = [
    "BudgetTerms",
    "ConfigurationError",
    "Counts",
    "DbtLlmError",
    "Endpoint",
    "EndpointError",
    "FatalEndpointError",
    "Limits",
    "MissingDependencyError",
    "Plan",
    "Request",
    "Response",
    "Run",
    "Sink",
    "SpendRefusedError",
    "ThrottledError",
    "UnansweredError",
    "submit",
]
