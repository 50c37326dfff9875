{# The compiled SQL of a task has marks, at which its pre-hook cuts it into the steps that it asks by themselves. #}

{# Comments in the compiled SQL by which resolve() finds its steps again. #}
{%- macro _markers() -%}
    {{ return({'responses': '/* dbt_llm: responses */', 'result': '/* dbt_llm: result */', 'end': '/* dbt_llm: end */'}) }}
{%- endmacro -%}

{# The compiled SQL of a task, cut at its markers: {'input': …, 'requests': …}, each to be followed by a `select`. #}
{%- macro _compiled_steps(sql) -%}
    {%- set markers = dbt_llm._markers() -%}
    {%- set text = sql | trim -%}
    {%- set rest = text.split(markers.end) -%}
    {%- if rest | length == 2 and rest[1] | trim == ';' -%}
        {%- do dbt_llm._raise_faults('enrich', dbt_llm._task_name(), [
            'a semicolon follows enrich(), which dbt would put into the middle of its own statement. Expected none; got one. Remove it'
        ]) -%}
    {%- endif -%}
    {%- if text.split(markers.result) | length != 2 or rest | length != 2 or (rest[1] | trim and not dbt_llm._is_comment(rest[1] | trim)) -%}
        {%- do dbt_llm._raise_faults('enrich', dbt_llm._task_name(), [
            "enrich() is not the model's whole query. Expected nothing but `{{ dbt_llm.enrich(…) }}` after the model's "
            ~ "config; got other SQL around it. Put further steps in a model of their own that refs this one"
        ]) -%}
    {%- endif -%}
    {%- set head = text.split(markers.responses)[0] | trim -%}
    {{ return({'input': head[:-1], 'requests': text.split(markers.result)[0]}) }}
{%- endmacro -%}

{# Nothing, or comments only. #}
{%- macro _is_comment(text) -%}
    {%- set ns = namespace(rest=text) -%}
    {%- for _ in range(text.split('\n') | length + text.split('/*') | length) -%}
        {%- if ns.rest.startswith('--') -%}
            {%- set ns.rest = ns.rest.split('\n')[1:] | join('\n') | trim -%}
        {%- elif ns.rest.startswith('/*') and '*/' in ns.rest -%}
            {%- set ns.rest = ns.rest.split('*/')[1:] | join('*/') | trim -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(ns.rest == '') }}
{%- endmacro -%}
