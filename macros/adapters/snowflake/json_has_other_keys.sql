{%- macro snowflake__json_has_other_keys(json_expression, names) -%}
    {%- set literals = [] -%}
    {%- for name in names -%}
        {%- do literals.append(dbt_llm.string_literal(name)) -%}
    {%- endfor -%}
    {{ return(
        'array_size(array_except(object_keys(as_object(' ~ json_expression ~ ')), array_construct(' ~ (literals | join(', ')) ~ '))) > 0'
    ) }}
{%- endmacro -%}
