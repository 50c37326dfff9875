{# json_remove passes over a name that is not there, which `except` refuses; unlike columns, its paths know upper from lower case. #}
{%- macro bigquery__with_fingerprint(relation, columns, except) -%}
    {%- set row = 'to_json(_dbt_llm_row, stringify_wide_numbers => true)' -%}
    {%- if except -%}
        {%- set paths = [] -%}
        {%- for name in except -%}
            {%- for spelt in [name, name | lower, name | upper] if '$."' ~ spelt ~ '"' not in paths -%}
                {%- do paths.append('$."' ~ spelt ~ '"') -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- set row = 'json_remove(' ~ row ~ ', ' ~ dbt_llm._literal_list(paths) ~ ')' -%}
    {%- endif -%}
    {{ return(
        '(\n        select\n            ' ~ (columns | join(',\n            '))
        ~ ',\n            farm_fingerprint(to_json_string(' ~ row ~ ')) as _dbt_llm_fingerprint\n        from ' ~ relation ~ ' as _dbt_llm_row\n    )'
    ) }}
{%- endmacro -%}
