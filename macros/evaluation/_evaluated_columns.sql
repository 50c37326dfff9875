{#
    The response columns that a golden set evaluates: {name: {'kind', 'labels', 'may_be_null'}}; all that can be judged where
    none are named. Adds to the faults.
#}
{%- macro _evaluated_columns(schema, names, faults) -%}
    {%- set columns = {} -%}
    {%- if names is not none and (names is string or names is mapping or names is not sequence) -%}
        {%- do faults.append("columns: not a list. Expected a list of response columns; got '" ~ names ~ "'") -%}
        {{ return(columns) }}
    {%- endif -%}
    {%- for name in (names if names is not none else schema.properties) -%}
        {%- if name not in schema.properties -%}
            {%- do faults.append(
                'columns: no such response column. Expected one of ' ~ dbt_llm._quoted_list(schema.properties) ~ "; got '" ~ name
                ~ "'" ~ dbt_llm._did_you_mean(name, schema.properties)
            ) -%}
        {%- else -%}
            {%- set member = schema.properties[name] -%}
            {%- set kind = dbt_llm._column_kind(member) -%}
            {%- if kind is not none -%}
                {%- do columns.update({name: {
                    'kind': kind, 'labels': dbt_llm._column_labels(member),
                    'may_be_null': true if member.get('nullable') or name not in schema.required else false,
                }}) -%}
            {%- elif names is not none -%}
                {%- do faults.append(
                    'columns.' ~ name ~ ": cannot be judged. Expected a label, a number, a text or an array of such; got '"
                    ~ member.type ~ "'. Evaluate its parts in a task of their own"
                ) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if not columns and not faults -%}
        {%- do faults.append('columns: none can be judged. Expected a label, a number, a text or an array of such; got none') -%}
    {%- endif -%}
    {{ return(columns) }}
{%- endmacro -%}
