{#
    A hash of all columns of the row but those named. `columns()` rather than `exclude`, because a column that was just
    added to the response format is not in the table yet, and `exclude` refuses a name that is not there.
#}
{%- macro duckdb__row_fingerprint(except) -%}
    {%- if not except -%}
        {{ return('hash(*columns(*))') }}
    {%- endif -%}
    {%- set names = [] -%}
    {%- for name in except -%}
        {%- do names.append(dbt_llm.string_literal(name | lower)) -%}
    {%- endfor -%}
    {{ return('hash(*columns(lambda c: lower(c) not in (' ~ (names | join(', ')) ~ ')))') }}
{%- endmacro -%}
