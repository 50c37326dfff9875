{%- macro databricks__endpoint_keys() -%}
    {{ return({
        'required': ['model_name'],
        'optional': ['input_usd_per_million_tokens', 'output_usd_per_million_tokens', 'chunk_size'],
        'numbers': ['input_usd_per_million_tokens', 'output_usd_per_million_tokens', 'chunk_size'],
    }) }}
{%- endmacro -%}
