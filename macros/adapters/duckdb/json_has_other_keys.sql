{%- macro duckdb__json_has_other_keys(json_expression, names) -%}
    {%- set literals = [] -%}
    {%- for name in names -%}
        {%- do literals.append(dbt_llm.string_literal(name)) -%}
    {%- endfor -%}
    {{ return(
        'len(list_filter(json_keys(' ~ json_expression ~ '), lambda k: k not in (' ~ (literals | join(', ')) ~ '))) > 0'
    ) }}
{%- endmacro -%}
