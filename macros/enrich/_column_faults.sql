{# The template's names against the input's columns, and the columns that the task would add. #}
{%- macro _column_faults(task, columns) -%}
    {%- set faults = [] -%}
    {%- set inputs = columns | map('lower') | list -%}
    {%- for part in dbt_llm._template_parts(task.prompt) if part.column is defined and part.column | lower not in inputs -%}
        {%- do faults.append(
            'meta.llm.prompt: {' ~ part.column ~ '} is not a column of the input. Expected one of '
            ~ dbt_llm._quoted_list(inputs) ~ "; got '" ~ part.column ~ "'"
            ~ dbt_llm._did_you_mean(part.column, inputs) ~ '. For a literal brace write \\{' ~ part.column ~ '}'
        ) -%}
    {%- endfor -%}
    {%- for name in dbt_llm._own_columns(task.response_schema) if name | lower in inputs -%}
        {%- do faults.append(
            "meta.llm.response_format: '" ~ name ~ "' is a column of the input already. Expected a name that is not one of "
            ~ dbt_llm._quoted_list(inputs) ~ "; got '" ~ name ~ "'. Rename one of the two"
        ) -%}
    {%- endfor -%}
    {{ return(faults) }}
{%- endmacro -%}
