{%- macro bigquery__json_any_element(json_expression, element, condition) -%}
    {{ return('exists (select 1 from unnest(json_query_array(' ~ json_expression ~ ')) as ' ~ element ~ ' where ' ~ condition ~ ')') }}
{%- endmacro -%}
