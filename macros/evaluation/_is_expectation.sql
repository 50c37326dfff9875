{# Could an answer be this text? A condition, for a text that is not NULL. #}
{%- macro _is_expectation(expected, column) -%}
    {%- set json = dbt_llm.parse_json(expected) -%}
    {%- if column.kind == 'label' -%}
        {{ return(expected ~ ' in (' ~ dbt_llm._literal_list(column.labels) ~ ')') }}
    {%- elif column.kind == 'number' -%}
        {{ return('coalesce(' ~ dbt_llm.json_is(json, 'number') ~ ', false)') }}
    {%- elif column.kind == 'array' and column.labels -%}
        {%- set other = 'coalesce(' ~ dbt_llm.json_text('element') ~ ', ' ~ dbt_llm.string_literal('') ~ ') not in (' ~ dbt_llm._literal_list(column.labels) ~ ')' -%}
        {{ return('coalesce(' ~ dbt_llm.json_is(json, 'array') ~ ' and not ' ~ dbt_llm.json_any_element(json, 'element', other) ~ ', false)') }}
    {%- elif column.kind == 'array' -%}
        {{ return('coalesce(' ~ dbt_llm.json_is(json, 'array') ~ ', false)') }}
    {%- endif -%}
    {{ return('true') }}
{%- endmacro -%}
