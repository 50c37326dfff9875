{#
    `unless`: a required key that another key makes dispensable (a provider has a URL of its own). `choices`: the values
    that a key may have; the companion knows more, as which of them go together.
#}
{%- macro duckdb__endpoint_keys() -%}
    {%- set numbers = [
        'max_in_flight', 'requests_per_minute', 'tokens_per_minute', 'timeout_s',
        'input_usd_per_million_tokens', 'output_usd_per_million_tokens',
        'cached_input_usd_per_million_tokens', 'cache_write_usd_per_million_tokens',
    ] -%}
    {{ return({
        'required': ['model_name', 'base_url'],
        'unless': {'base_url': 'provider'},
        'optional': ['api_key_env', 'provider', 'api', 'region', 'structured_output', 'prompt_cache'] + numbers,
        'numbers': numbers,
        'choices': {
            'provider': ['openai', 'azure', 'anthropic', 'gemini', 'bedrock', 'mistral'],
            'api': ['chat', 'responses'],
            'structured_output': ['schema', 'json', 'ask'],
            'prompt_cache': ['off', '5m', '30m', '1h'],
        },
    }) }}
{%- endmacro -%}
