{# The labels of the evaluated arrays whose items are labels: {column: [labels]}. #}
{%- macro _array_labels(columns) -%}
    {%- set labels = {} -%}
    {%- for name, column in columns.items() if column.kind == 'array' and column.labels -%}
        {%- do labels.update({name: column.labels}) -%}
    {%- endfor -%}
    {{ return(labels) }}
{%- endmacro -%}
