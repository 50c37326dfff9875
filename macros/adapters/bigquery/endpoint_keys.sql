{%- macro bigquery__endpoint_keys() -%}
    {{ return({
        'required': ['model_name', 'model'],
        'optional': ['connection', 'input_usd_per_million_tokens', 'output_usd_per_million_tokens', 'chunk_size'],
        'numbers': ['input_usd_per_million_tokens', 'output_usd_per_million_tokens', 'chunk_size'],
    }) }}
{%- endmacro -%}
