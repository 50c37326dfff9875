{#
    The first rule of the response format that a row's stored values break, as one CASE; NULL when they meet it. A NULL is
    judged by itself, as a column does not tell JSON's null from a property that is missing.
#}
{%- macro _broken_rule(schema) -%}
    {%- set cases = [] -%}
    {%- for name, member in schema.properties.items() -%}
        {%- set column = dbt_llm.column_name(name) -%}
        {%- if not member.nullable -%}
            {%- do cases.append('when ' ~ column ~ ' is null then ' ~ dbt_llm.string_literal('missing:' ~ name)) -%}
        {%- endif -%}
        {%- for rule in dbt_llm._validation_rules(member, dbt_llm._value_column(name), name, required=false) if not member.is_date -%}
            {%- do cases.append(
                'when ' ~ column ~ ' is not null and (' ~ rule.broken ~ ') then ' ~ dbt_llm.string_literal(rule.reason)
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if not cases -%}
        {{ return('cast(null as ' ~ dbt.type_string() ~ ')') }}
    {%- endif -%}
    {{ return('case\n            ' ~ (cases | join('\n            ')) ~ '\n        end') }}
{%- endmacro -%}
