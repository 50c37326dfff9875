{%- macro snowflake__call_model_query(work, task, first, last) -%}
    {{ return(
        'select\n    request_key,\n    attempt,\n    prompt,\n    ' ~ dbt_llm._ai_complete('prompt', task)
        ~ ' as response\nfrom ' ~ work ~ '\nwhere n between ' ~ first ~ ' and ' ~ last
    ) }}
{%- endmacro -%}
