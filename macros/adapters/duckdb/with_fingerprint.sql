{#
    The hash is of the row as JSON: values alone would not tell two swapped columns apart, nor 1.50 as a decimal from 150.
    `columns()` rather than `exclude`, which refuses a name that is not there; its row is put beside the whole one.
#}
{%- macro duckdb__with_fingerprint(relation, except) -%}
    {%- if not except -%}
        {{ return(
            '(\n        select\n            whole.*,\n            hash(to_json(whole)) as _dbt_llm_fingerprint\n        from '
            ~ relation ~ ' as whole\n    )'
        ) }}
    {%- endif -%}
    {%- set names = [] -%}
    {%- for name in except -%}
        {%- do names.append(dbt_llm.string_literal(name | lower)) -%}
    {%- endfor -%}
    {{ return(
        '(\n        select\n            whole.*,\n            hash(to_json(kept)) as _dbt_llm_fingerprint\n        from ' ~ relation
        ~ ' as whole\n        positional join (\n            select columns(lambda c: lower(c) not in (' ~ (names | join(', '))
        ~ '))\n            from ' ~ relation ~ '\n        ) as kept\n    )'
    ) }}
{%- endmacro -%}
