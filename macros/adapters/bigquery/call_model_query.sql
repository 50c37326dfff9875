{%- macro bigquery__call_model_query(work, task, first, last) -%}
    {{ return(
        'select\n    request_key,\n    attempt,\n    prompt,\n    result,\n    full_response,\n    status\nfrom ai.generate_text(\n    model `'
        ~ task.endpoint.model
        ~ '`,\n    (\n        select\n            request_key,\n            attempt,\n            prompt\n        from ' ~ work
        ~ '\n        where n between ' ~ first ~ ' and ' ~ last ~ '\n    ),\n    struct(' ~ dbt_llm._gemini_parameters(task) ~ ' as model_params)\n)'
    ) }}
{%- endmacro -%}
