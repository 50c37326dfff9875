{# The compiled SQL of a task has marks, at which its pre-hook cuts it into the steps that it asks by themselves. #}

{# Comments in the compiled SQL by which resolve() finds its steps again. #}
{%- macro _markers() -%}
    {{ return({'responses': '/* dbt_llm: responses */', 'result': '/* dbt_llm: result */', 'end': '/* dbt_llm: end */'}) }}
{%- endmacro -%}

{# The compiled SQL of a task, cut at its markers: {'input': …, 'requests': …}, each to be followed by a `select`. #}
{%- macro _compiled_steps(sql) -%}
    {%- set markers = dbt_llm._markers() -%}
    {%- set text = sql | trim -%}
    {%- if text.split(markers.result) | length != 2 or text[-(markers.end | length):] != markers.end -%}
        {%- do dbt_llm._raise_faults('enrich', dbt_llm._task_name(), [
            "enrich() is not the model's whole query. Expected nothing but `{{ dbt_llm.enrich(…) }}` after the model's "
            ~ "config; got other SQL around it. Put further steps in a model of their own that refs this one"
        ]) -%}
    {%- endif -%}
    {%- set head = text.split(markers.responses)[0] | trim -%}
    {{ return({'input': head[:-1], 'requests': text.split(markers.result)[0]}) }}
{%- endmacro -%}
