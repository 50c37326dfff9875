{# A value as a constant of Spark's nested types, as modelParameters takes them. #}
{%- macro _databricks_literal(value) -%}
    {%- if value is mapping -%}
        {%- set members = [] -%}
        {%- for key, member in value.items() -%}
            {%- do members.append(dbt_llm.string_literal(key) ~ ', ' ~ dbt_llm._databricks_literal(member)) -%}
        {%- endfor -%}
        {{ return('named_struct(' ~ (members | join(', ')) ~ ')') }}
    {%- elif value is string -%}
        {{ return(dbt_llm.string_literal(value)) }}
    {%- elif value is none -%}
        {{ return('null') }}
    {%- elif value is boolean -%}
        {{ return('true' if value else 'false') }}
    {%- elif value is number -%}
        {{ return(value | string) }}
    {%- endif -%}
    {%- set items = [] -%}
    {%- for item in value -%}
        {%- do items.append(dbt_llm._databricks_literal(item)) -%}
    {%- endfor -%}
    {{ return('array(' ~ (items | join(', ')) ~ ')') }}
{%- endmacro -%}
