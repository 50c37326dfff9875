{%- macro bigquery__json_common_size(json_expression, other) -%}
    {{ return(
        '(select count(distinct json_value(element)) from unnest(json_query_array(' ~ json_expression
        ~ ')) as element where json_value(element) in (select json_value(candidate) from unnest(json_query_array(' ~ other ~ ')) as candidate))'
    ) }}
{%- endmacro -%}
