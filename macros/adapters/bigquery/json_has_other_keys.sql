{%- macro bigquery__json_has_other_keys(json_expression, names) -%}
    {{ return(
        'exists (select 1 from unnest(json_keys(' ~ json_expression ~ ', 1)) as k where k not in (' ~ dbt_llm._literal_list(names) ~ '))'
    ) }}
{%- endmacro -%}
