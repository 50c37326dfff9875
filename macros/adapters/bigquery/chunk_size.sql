{# A query job ends after six hours, which is a million rows or more; this is well below. #}
{%- macro bigquery__chunk_size() -%}
    {{ return(100000) }}
{%- endmacro -%}
