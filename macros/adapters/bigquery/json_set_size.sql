{%- macro bigquery__json_set_size(json_expression) -%}
    {{ return('(select count(distinct json_value(element)) from unnest(json_query_array(' ~ json_expression ~ ')) as element)') }}
{%- endmacro -%}
