{# The arguments of forget; an error that names all that is wrong with them. #}
{%- macro _check_forget(task, older_than_days, request_key, dry_run) -%}
    {%- set faults = [] -%}
    {%- if task is none and older_than_days is none and request_key is none -%}
        {%- do faults.append('nothing says what to forget. Expected one or more of task, older_than_days, request_key; got none. '
            ~ "Name them in --args, as in '{request_key: …}'") -%}
    {%- endif -%}
    {%- if older_than_days is not none -%}
        {%- do faults.extend(dbt_llm._number_faults({'older_than_days': {'value': older_than_days, 'least': 0}})) -%}
    {%- endif -%}
    {%- for name, value in {'task': task, 'request_key': request_key}.items() if value is not none -%}
        {%- if value is not string or value == '' -%}
            {%- do faults.append(name ~ ': not a text. Expected one; got ' ~ dbt_llm._got(value) ~ '. Write it in quotes') -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if dry_run is not boolean -%}
        {%- do faults.append('dry_run: not true or false. Expected one of them, without quotes; got ' ~ dbt_llm._got(dry_run)) -%}
    {%- endif -%}
    {%- do dbt_llm._raise_faults('forget', task or request_key or 'older_than_days', faults) -%}
{%- endmacro -%}
