{%- macro duckdb__endpoint_keys() -%}
    {{ return({
        'required': ['model_name', 'base_url'],
        'optional': [
            'api_key_env', 'max_in_flight', 'requests_per_minute', 'tokens_per_minute', 'timeout_s',
            'structured_output', 'input_usd_per_million_tokens', 'output_usd_per_million_tokens',
        ],
        'numbers': [
            'max_in_flight', 'requests_per_minute', 'tokens_per_minute', 'timeout_s',
            'input_usd_per_million_tokens', 'output_usd_per_million_tokens',
        ],
    }) }}
{%- endmacro -%}
