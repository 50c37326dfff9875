"""What every engine must agree on: canonical JSON, the prompt of a row, the request key, and the JSON object of a completion.

The SQL macros in ``macros/requests/`` and ``macros/responses/`` say the same; ``tests/contract/*.json`` holds the cases that
both must satisfy.
"""

from dbt_llm.contract.completion import unwrapped
from dbt_llm.contract.prompt import MissingVariableError, PromptTemplate
from dbt_llm.contract.request_key import KEY_VERSION, canonical_json, prompt_version, request_key

__all__ = [
    "KEY_VERSION",
    "MissingVariableError",
    "PromptTemplate",
    "canonical_json",
    "prompt_version",
    "request_key",
    "unwrapped",
]
