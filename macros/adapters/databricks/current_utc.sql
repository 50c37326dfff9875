{# An instant: what the session calls it does not change what another session compares it with. #}
{%- macro databricks__current_utc() -%}
    {{ return('current_timestamp()') }}
{%- endmacro -%}
