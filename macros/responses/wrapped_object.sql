{# What models put around their one JSON object, as a pattern: the same in SQL and in dbt_llm.contract.completion. #}

{#
    A byte order mark, a leading `<think>…</think>`, a code fence around: what is left is in the third group or the fourth. Without
    flags, lazy quantifiers and groups that capture nothing, for Snowflake knows none; so a think block ends at its last `</think>`.
    Text that is none of this does not match, and stays what it is.
#}
{%- macro _wrapped_object() -%}
    {{ return('^[\\s\\x{FEFF}]*(<think>[\\s\\S]*</think>)?\\s*(```[A-Za-z0-9]*\\s*(\\{[\\s\\S]*\\})\\s*```|(\\{[\\s\\S]*\\}))\\s*$') }}
{%- endmacro -%}
