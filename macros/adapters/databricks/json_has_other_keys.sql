{%- macro databricks__json_has_other_keys(json_expression, names) -%}
    {{ return(
        'exists(map_keys(try_variant_get(' ~ json_expression ~ ", '$', 'map<string, variant>')), k -> k not in (" ~ dbt_llm._literal_list(names) ~ '))'
    ) }}
{%- endmacro -%}
