"""What every engine must agree on: canonical JSON, the prompt of a row and the request key.

The SQL macros in ``macros/requests/`` say the same; ``tests/contract/*.json`` holds the cases that both must satisfy.
"""

from dbt_llm.contract.prompt import MissingVariableError, PromptTemplate
from dbt_llm.contract.request_key import KEY_VERSION, canonical_json, prompt_version, request_key

__all__ = [
    "KEY_VERSION",
    "MissingVariableError",
    "PromptTemplate",
    "canonical_json",
    "prompt_version",
    "request_key",
]
