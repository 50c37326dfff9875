{# object_delete passes over a name that is not there, which `exclude` refuses. #}
{%- macro snowflake__with_fingerprint(relation, columns, except) -%}
    {%- set row = 'object_construct_keep_null(*)' -%}
    {%- if except -%}
        {%- set row = 'object_delete(' ~ row ~ ', ' ~ dbt_llm._literal_list(except | map('upper')) ~ ')' -%}
    {%- endif -%}
    {{ return(
        '(\n        select\n            ' ~ (columns | join(',\n            '))
        ~ ',\n            hash(' ~ row ~ ') as _dbt_llm_fingerprint\n        from ' ~ relation ~ '\n    )'
    ) }}
{%- endmacro -%}
