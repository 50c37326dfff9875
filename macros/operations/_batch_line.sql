{# A line of batches: a row of _batches_query, as a user reads it. #}
{%- macro _batch_line(row) -%}
    {%- set parts = [
        row[3] ~ ': ' ~ row[1],
        row[7] ~ ' requests' ~ (' (' ~ (row[8] or 0) ~ ' succeeded, ' ~ (row[9] or 0) ~ ' failed)' if row[8] is not none else ''),
        'since ' ~ (row[12] | string)[:16] ~ ' UTC',
        row[4] ~ ' ' ~ (row[6] or '(no id)'),
        row[5],
        'key ' ~ row[0],
    ] -%}
    {%- if row[10] is not none -%}
        {%- do parts.append(row[10] | float | round(4) ~ ' USD') -%}
    {%- endif -%}
    {%- if row[11] -%}
        {%- do parts.append(row[11]) -%}
    {%- endif -%}
    {{ return('  ' ~ (parts | join(', '))) }}
{%- endmacro -%}
