{# A new mapping: this one with these entries set; the one that was given stays as it is. #}
{%- macro _merged(mapping, entries) -%}
    {%- set merged = {} -%}
    {%- do merged.update(mapping) -%}
    {%- do merged.update(entries) -%}
    {{ return(merged) }}
{%- endmacro -%}

{#
    A value of a task's YAML with its texts as dbt 1 reads them: it takes one line break off the end, which a block in YAML has,
    and writes each as \n. dbt 2 leaves them, and the same file would be another request. What is a line break alone is meant.
#}
{%- macro _with_dbt_1_texts(value) -%}
    {%- if dbt_version.split('.')[0] | int < 2 or value is none -%}
        {{ return(value) }}
    {%- elif value is string -%}
        {%- set text = value | replace('\r\n', '\n') | replace('\r', '\n') -%}
        {{ return(text[:-1] if text[-1:] == '\n' and text.strip('\n') else text) }}
    {%- elif value is mapping -%}
        {%- set texts = {} -%}
        {%- for key, item in value.items() -%}
            {%- do texts.update({key: dbt_llm._with_dbt_1_texts(item)}) -%}
        {%- endfor -%}
        {{ return(texts) }}
    {%- elif value is iterable -%}
        {%- set texts = [] -%}
        {%- for item in value -%}
            {%- do texts.append(dbt_llm._with_dbt_1_texts(item)) -%}
        {%- endfor -%}
        {{ return(texts) }}
    {%- endif -%}
    {{ return(value) }}
{%- endmacro -%}
