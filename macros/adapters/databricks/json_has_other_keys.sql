{%- macro databricks__json_has_other_keys(json_expression, names) -%}
    {%- set literals = [] -%}
    {%- for name in names -%}
        {%- do literals.append(dbt_llm.string_literal(name)) -%}
    {%- endfor -%}
    {{ return(
        'exists(map_keys(try_variant_get(' ~ json_expression ~ ", '$', 'map<string, variant>')), k -> k not in (" ~ (literals | join(', ')) ~ '))'
    ) }}
{%- endmacro -%}
