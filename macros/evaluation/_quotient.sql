{# A quotient as a double, NULL where there is nothing to divide by. #}
{%- macro _quotient(numerator, denominator) -%}
    {{ return('cast(' ~ numerator ~ ' as ' ~ dbt_llm.column_type({'type': 'number'}) ~ ') / nullif(' ~ denominator ~ ', 0)') }}
{%- endmacro -%}
