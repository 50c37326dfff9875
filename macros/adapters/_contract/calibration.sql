{# The open questions of a platform, as statements that ask them. #}

{%- macro calibration_probes(task) -%}
    {{ return(adapter.dispatch('calibration_probes', 'dbt_llm')(task=task)) }}
{%- endmacro -%}

{%- macro default__calibration_probes(task) -%}
    {{ return(dbt_llm._refuse_adapter('calibration_probes')) }}
{%- endmacro -%}

{%- macro caught_statement(statements, on_error) -%}
    {{ return(adapter.dispatch('caught_statement', 'dbt_llm')(statements=statements, on_error=on_error)) }}
{%- endmacro -%}

{%- macro default__caught_statement(statements, on_error) -%}
    {{ return(dbt_llm._refuse_adapter('caught_statement')) }}
{%- endmacro -%}

{%- macro caught_words() -%}
    {{ return(adapter.dispatch('caught_words', 'dbt_llm')()) }}
{%- endmacro -%}

{%- macro default__caught_words() -%}
    {{ return(dbt_llm._refuse_adapter('caught_words')) }}
{%- endmacro -%}
