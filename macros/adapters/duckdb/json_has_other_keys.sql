{%- macro duckdb__json_has_other_keys(json_expression, names) -%}
    {{ return(
        'len(list_filter(json_keys(' ~ json_expression ~ '), lambda k: k not in (' ~ dbt_llm._literal_list(names) ~ '))) > 0'
    ) }}
{%- endmacro -%}
