{%- macro bigquery__star_except(columns) -%}
    {{ return('* except (\n        ' ~ (columns | join(',\n        ')) ~ '\n    )') }}
{%- endmacro -%}
