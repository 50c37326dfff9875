{%- macro duckdb__star_except(columns) -%}
    {{ return('* exclude (\n        ' ~ (columns | join(',\n        ')) ~ '\n    )') }}
{%- endmacro -%}
