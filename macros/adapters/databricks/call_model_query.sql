{# Staged as JSON, because documents differ in what the struct's fields are called. #}
{%- macro databricks__call_model_query(work, task, first, last) -%}
    {{ return(
        'select\n    request_key,\n    attempt,\n    prompt,\n    to_json(' ~ dbt_llm._ai_query('prompt', task)
        ~ ') as response\nfrom ' ~ work ~ '\nwhere n between ' ~ first ~ ' and ' ~ last
    ) }}
{%- endmacro -%}
