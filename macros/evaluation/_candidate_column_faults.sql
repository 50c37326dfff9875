{# A candidate may change the response format, but what is evaluated must stay of its kind. #}
{%- macro _candidate_column_faults(task, columns) -%}
    {%- set faults = [] -%}
    {%- for name, column in columns.items() -%}
        {%- set schema = task.response_schema.properties.get(name) -%}
        {%- if schema is none or dbt_llm._column_kind(schema) != column.kind -%}
            {%- do faults.append(
                'response_format.' ~ name ~ ": cannot be held against the task's. Expected the evaluated column with the kind '"
                ~ column.kind ~ "'; got " ~ dbt_llm._got(dbt_llm._column_kind(schema) if schema is not none else none)
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(faults) }}
{%- endmacro -%}
