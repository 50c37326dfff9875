{# The share of the rows of a kind for which a condition holds, as a SQL aggregate; NULL where there are none. #}
{%- macro _share(condition, kind) -%}
    {{ return(
        'avg(case when ' ~ kind ~ ' then case when ' ~ condition ~ ' then cast(1 as ' ~ dbt_llm.column_type({'type': 'number'})
        ~ ') else 0 end end)'
    ) }}
{%- endmacro -%}
