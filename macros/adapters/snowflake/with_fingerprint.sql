{# object_delete passes over a name that is not there, which `exclude` refuses. #}
{%- macro snowflake__with_fingerprint(relation, columns, except) -%}
    {%- set row = 'object_construct_keep_null(*)' -%}
    {%- if except -%}
        {%- set names = [] -%}
        {%- for name in except -%}
            {%- do names.append(dbt_llm.string_literal(name | upper)) -%}
        {%- endfor -%}
        {%- set row = 'object_delete(' ~ row ~ ', ' ~ (names | join(', ')) ~ ')' -%}
    {%- endif -%}
    {{ return(
        '(\n        select\n            ' ~ (columns | join(',\n            '))
        ~ ',\n            hash(' ~ row ~ ') as _dbt_llm_fingerprint\n        from ' ~ relation ~ '\n    )'
    ) }}
{%- endmacro -%}
