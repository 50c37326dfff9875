{# `live` or `cache_only`: the kill switch. The environment wins, so that an operator need not touch the project. #}
{%- macro _mode() -%}
    {%- set mode = env_var('DBT_LLM_MODE', '') or var('dbt_llm_mode', 'live') -%}
    {%- if mode not in ['live', 'cache_only'] -%}
        {%- do exceptions.raise_compiler_error(
            "dbt_llm: the mode is not known. Expected 'live' or 'cache_only'; got '" ~ mode
            ~ "'. Set the environment variable DBT_LLM_MODE or the var dbt_llm_mode to one of them."
        ) -%}
    {%- endif -%}
    {{ return(mode) }}
{%- endmacro -%}
