{%- macro snowflake__json_has_other_keys(json_expression, names) -%}
    {{ return(
        'array_size(array_except(object_keys(as_object(' ~ json_expression ~ ')), array_construct(' ~ dbt_llm._literal_list(names) ~ '))) > 0'
    ) }}
{%- endmacro -%}
