{# The arguments of audit; an error that names all that is wrong with them. #}
{%- macro _check_audit(task, key, request_key) -%}
    {%- set faults = [] -%}
    {%- if (key is none) == (request_key is none) -%}
        {%- do faults.append('what to look at is not clear. Expected either task and key or a request_key; got '
            ~ ('neither key nor request_key' if key is none else 'both')
            ~ ". Write '{task: pii_risk, key: {message_id: 42}}', or '{request_key: …}'") -%}
    {%- endif -%}
    {%- if key is not none and (key is not mapping or not key) -%}
        {%- do faults.append('key: not a mapping. Expected {column: value} of the task\'s unique_key; got ' ~ dbt_llm._got(key)) -%}
    {%- endif -%}
    {%- if key is not none and task is none -%}
        {%- do faults.append('task: missing. Expected the name of the dbt model that has the row; got nothing') -%}
    {%- endif -%}
    {%- if load_relation(dbt_llm._package_relation('dbt_llm__responses')) is none -%}
        {%- do faults.append("the package's tables are not built. Expected them in this target; got none. Run the task first") -%}
    {%- endif -%}
    {%- do dbt_llm._raise_faults('audit', task or 'request_key', faults) -%}
{%- endmacro -%}
