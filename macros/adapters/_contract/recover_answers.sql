{%- macro recover_answers(responses, task) -%}
    {{ return(adapter.dispatch('recover_answers', 'dbt_llm')(responses=responses, task=task)) }}
{%- endmacro -%}

{%- macro default__recover_answers(responses, task) -%}
    {{ return(dbt_llm._recover_stage(responses=responses, task=task)) }}
{%- endmacro -%}
