{%- macro snowflake__star_except(columns) -%}
    {{ return('* exclude (\n        ' ~ (columns | join(',\n        ')) ~ '\n    )') }}
{%- endmacro -%}
