{# `select *`, and in an incremental run what tells whether the row stands in the table already. #}
{%- macro _input_columns(incremental) -%}
    {%- if not incremental -%}
        {{ return('select *') }}
    {%- endif -%}
    {%- set columns = ['*'] -%}
    {%- for key in dbt_llm._unique_key_columns() -%}
        {%- do columns.append(key ~ ' as _dbt_llm_unique_key_' ~ loop.index) -%}
    {%- endfor -%}
    {%- do columns.append(dbt_llm.row_fingerprint(except=[]) ~ ' as _dbt_llm_fingerprint') -%}
    {{ return('select\n        ' ~ (columns | join(',\n        '))) }}
{%- endmacro -%}
