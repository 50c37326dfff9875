{# json_remove passes over a name that is not there, which `except` refuses. #}
{%- macro bigquery__with_fingerprint(relation, columns, except) -%}
    {%- set row = 'to_json(whole, stringify_wide_numbers => true)' -%}
    {%- if except -%}
        {%- set paths = [] -%}
        {%- for name in except -%}
            {%- do paths.append(dbt_llm.string_literal('$.' ~ name)) -%}
        {%- endfor -%}
        {%- set row = 'json_remove(' ~ row ~ ', ' ~ (paths | join(', ')) ~ ')' -%}
    {%- endif -%}
    {{ return(
        '(\n        select\n            ' ~ (columns | join(',\n            '))
        ~ ',\n            farm_fingerprint(to_json_string(' ~ row ~ ')) as _dbt_llm_fingerprint\n        from ' ~ relation ~ ' as whole\n    )'
    ) }}
{%- endmacro -%}
