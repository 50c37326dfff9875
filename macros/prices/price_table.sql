{# The list prices that the package brings. #}

{#
    The package's list prices: for each place the models with USD per million tokens of input, cached input and output.
    `base_urls` tells a place by where its API is; a place without one is an entry's own name: an adapter, or a provider.
    Copied on the date in `read` from what LiteLLM 1.110.2 says of the pages in `source`, and compared with genai-prices
    0.2.3; Snowflake's from its table of credits, at 2.00 USD a credit; BigQuery's are Gemini's batch prices, which it is
    billed at. What neither knows is not here. It is a text, as Jinja would take 16 ms of each run to compile it.
#}
{%- macro _price_table() -%}
    {%- set table -%}
    [
        {
            "place": "openai", "base_urls": ["https://api.openai.com/"], "batch_discount": 0.5, "read": "2026-11-25",
            "source": "https://developers.openai.com/api/docs/pricing",
            "models": {
                "gpt-4o": [2.5, 1.25, 10.0], "gpt-4o-mini": [0.15, 0.075, 0.6],
                "gpt-4.1": [2.0, 0.5, 8.0], "gpt-4.1-mini": [0.4, 0.1, 1.6], "gpt-4.1-nano": [0.1, 0.025, 0.4],
                "gpt-5": [1.25, 0.125, 10.0], "gpt-5-mini": [0.25, 0.025, 2.0], "gpt-5-nano": [0.05, 0.005, 0.4],
                "gpt-5.1": [1.25, 0.125, 10.0], "gpt-5.2": [1.75, 0.175, 14.0],
                "gpt-5.4": [2.5, 0.25, 15.0], "gpt-5.4-mini": [0.75, 0.075, 4.5], "gpt-5.4-nano": [0.2, 0.02, 1.25],
                "gpt-5.5": [5.0, 0.5, 30.0],
                "gpt-5.6-sol": [4.0, 0.4, 20.0], "gpt-5.6-terra": [2.0, 0.2, 12.0], "gpt-5.6-luna": [0.2, 0.02, 1.2]
            }
        },
        {
            "place": "anthropic", "base_urls": ["https://api.anthropic.com/"], "batch_discount": 0.5, "read": "2026-11-25",
            "source": "https://platform.claude.com/docs/en/about-claude/pricing",
            "models": {
                "claude-haiku-4-5": [1.0, 0.1, 5.0], "claude-haiku-5-5": [0.1, 0.01, 0.5],
                "claude-sonnet-4-5": [3.0, 0.3, 15.0], "claude-sonnet-4-6": [3.0, 0.3, 15.0],
                "claude-sonnet-5": [2.0, 0.2, 10.0], "claude-sonnet-5-5": [2.0, 0.1, 10.0],
                "claude-opus-4-5": [5.0, 0.5, 25.0], "claude-opus-4-6": [5.0, 0.5, 25.0], "claude-opus-4-7": [5.0, 0.5, 25.0],
                "claude-opus-4-8": [5.0, 0.5, 25.0], "claude-opus-5": [5.0, 0.5, 25.0], "claude-opus-5-5": [4.0, 0.2, 20.0]
            }
        },
        {
            "place": "gemini", "base_urls": ["https://generativelanguage.googleapis.com/"], "batch_discount": 0.5, "read": "2026-11-25",
            "source": "https://ai.google.dev/gemini-api/docs/pricing",
            "models": {
                "gemini-2.5-flash-lite": [0.1, 0.01, 0.4], "gemini-2.5-flash": [0.3, 0.03, 2.5], "gemini-2.5-pro": [1.25, 0.125, 10.0],
                "gemini-3.1-flash-lite": [0.25, 0.025, 1.5], "gemini-3.5-flash-lite": [0.3, 0.03, 2.5],
                "gemini-3.6-flash": [0.75, 0.075, 3.75]
            }
        },
        {
            "place": "mistral", "base_urls": ["https://api.mistral.ai/"], "batch_discount": 0.5, "read": "2026-11-25",
            "source": "https://mistral.ai/pricing",
            "models": {
                "ministral-3b-latest": [0.1, 0.01, 0.1], "ministral-8b-latest": [0.15, 0.015, 0.15], "ministral-14b-latest": [0.2, 0.02, 0.2],
                "mistral-small-latest": [0.15, 0.015, 0.6], "mistral-small-2603": [0.15, 0.015, 0.6],
                "mistral-medium-latest": [1.5, 0.15, 7.5], "mistral-large-2512": [0.5, 0.05, 1.5]
            }
        },
        {
            "place": "bedrock", "batch_discount": 0.5, "read": "2026-11-25",
            "source": "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonBedrock/current/us-east-1/index.json",
            "models": {
                "amazon.nova-micro-v1:0": [0.035, 0.00875, 0.14], "amazon.nova-lite-v1:0": [0.06, 0.015, 0.24],
                "amazon.nova-pro-v1:0": [0.8, 0.2, 3.2], "amazon.nova-2-lite-v1:0": [0.3, 0.075, 2.5],
                "us.amazon.nova-micro-v1:0": [0.035, 0.00875, 0.14], "us.amazon.nova-lite-v1:0": [0.06, 0.015, 0.24],
                "us.amazon.nova-pro-v1:0": [0.8, 0.2, 3.2], "us.amazon.nova-2-lite-v1:0": [0.33, 0.0825, 2.75],
                "meta.llama3-3-70b-instruct-v1:0": [0.72, null, 0.72], "us.meta.llama3-3-70b-instruct-v1:0": [0.72, null, 0.72]
            }
        },
        {
            "place": "databricks", "read": "2026-11-25",
            "source": "https://www.databricks.com/product/pricing/foundation-model-serving",
            "models": {
                "databricks-meta-llama-3-1-8b-instruct": [0.15, null, 0.45], "databricks-meta-llama-3-3-70b-instruct": [0.5, null, 1.5],
                "databricks-llama-4-maverick": [0.5, null, 1.5], "databricks-gemma-3-12b": [0.15, null, 0.5],
                "databricks-gpt-oss-20b": [0.07, null, 0.3], "databricks-gpt-oss-120b": [0.15, null, 0.6],
                "databricks-qwen35-122b-a10b": [0.22, null, 2.2], "databricks-qwen3-next-80b-a3b-instruct": [0.15, null, 1.2]
            }
        },
        {
            "place": "databricks", "read": "2026-11-25",
            "source": "https://www.databricks.com/product/pricing/proprietary-foundation-model-serving",
            "models": {
                "databricks-claude-haiku-4-5": [1.0, 0.1, 5.0], "databricks-claude-haiku-5-5": [0.1, 0.01, 0.5],
                "databricks-claude-sonnet-5": [2.0, 0.2, 10.0], "databricks-claude-sonnet-5-5": [2.0, 0.1, 10.0],
                "databricks-gpt-5-mini": [0.25, null, 2.0], "databricks-gpt-5-nano": [0.05, null, 0.4],
                "databricks-gpt-5-4-mini": [0.75, null, 4.5], "databricks-gpt-5-4-nano": [0.2, null, 1.25],
                "databricks-gemini-3-1-flash-lite": [0.3125, 0.0312, 1.875]
            }
        },
        {
            "place": "snowflake", "read": "2026-11-24",
            "source": "https://www.snowflake.com/legal-files/CreditConsumptionTable.pdf",
            "models": {
                "llama3.1-8b": [0.264, null, 0.264], "llama3.1-70b": [0.864, null, 0.864], "llama3.3-70b": [0.864, null, 0.864],
                "llama4-maverick": [0.288, null, 1.164], "mistral-7b": [0.18, null, 0.24], "mixtral-8x7b": [0.54, null, 0.84],
                "mistral-large2": [2.4, null, 7.2], "claude-haiku-4-5": [1.2, null, 6.0], "claude-sonnet-4-5": [3.6, null, 18.0],
                "claude-opus-5": [6.0, null, 30.0], "openai-gpt-4.1": [2.4, null, 9.6], "gemini-3.1-pro": [2.4, null, 14.4]
            }
        },
        {
            "place": "bigquery", "read": "2026-11-25",
            "source": "https://ai.google.dev/gemini-api/docs/pricing",
            "models": {
                "gemini-2.5-flash-lite": [0.05, null, 0.2], "gemini-2.5-flash": [0.15, null, 1.25],
                "gemini-3.1-flash-lite": [0.125, null, 0.75], "gemini-3.5-flash-lite": [0.15, null, 1.25],
                "gemini-3.6-flash": [0.375, null, 1.875]
            }
        }
    ]
    {%- endset -%}
    {{ return(fromjson(table)) }}
{%- endmacro -%}
