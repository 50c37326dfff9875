{# ai_query spreads one large statement over the cluster by itself. #}
{%- macro databricks__chunk_size() -%}
    {{ return(none) }}
{%- endmacro -%}
