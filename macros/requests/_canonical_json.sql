{#
    JSON with sorted keys, no spaces, integral floats as integers and nothing escaped that need not be. Written out
    here because `tojson` differs between dbt's engines; the same text as dbt_llm.contract.canonical_json in Python.
    `keep_order`: keys in their own order, in which a language model writes its answer.
#}
{%- macro _canonical_json(value, keep_order=false) -%}
    {%- set parts = [] -%}
    {%- if value is none -%}
        {{ return('null') }}
    {%- elif value is boolean -%}
        {{ return('true' if value else 'false') }}
    {%- elif value is string -%}
        {{ return(dbt_llm._canonical_json_string(value)) }}
    {%- elif value is number -%}
        {%- set text = (value | int | string) if value == value | int else (value | string) -%}
        {%- if 'e' in text | lower -%}
            {%- do exceptions.raise_compiler_error(
                "dbt_llm: a number has no one text in all engines. Expected 0, or at least 0.0001 in size; got '" ~ text
                ~ "'. Round it."
            ) -%}
        {%- endif -%}
        {{ return(text) }}
    {%- elif value is mapping -%}
        {%- for key in (value.keys() if keep_order else value.keys() | sort(case_sensitive=true)) -%}
            {%- do parts.append(dbt_llm._canonical_json_string(key) ~ ':' ~ dbt_llm._canonical_json(value[key], keep_order)) -%}
        {%- endfor -%}
        {{ return('{' ~ (parts | join(',')) ~ '}') }}
    {%- endif -%}
    {%- for item in value -%}
        {%- do parts.append(dbt_llm._canonical_json(item, keep_order)) -%}
    {%- endfor -%}
    {{ return('[' ~ (parts | join(',')) ~ ']') }}
{%- endmacro -%}
