{%- macro bigquery__json_has_other_keys(json_expression, names) -%}
    {%- set literals = [] -%}
    {%- for name in names -%}
        {%- do literals.append(dbt_llm.string_literal(name)) -%}
    {%- endfor -%}
    {{ return(
        'exists (select 1 from unnest(json_keys(' ~ json_expression ~ ', 1)) as k where k not in (' ~ (literals | join(', ')) ~ '))'
    ) }}
{%- endmacro -%}
