{# timestamp() takes a date, a datetime and a timestamp; the first two are UTC. #}
{%- macro bigquery__hours_since(expression) -%}
    {{ return('((unix_seconds(current_timestamp()) - unix_seconds(timestamp(' ~ expression ~ '))) / 3600)') }}
{%- endmacro -%}
