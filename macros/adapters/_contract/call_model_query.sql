{%- macro call_model_query(work, task, first, last) -%}
    {{ return(adapter.dispatch('call_model_query', 'dbt_llm')(work=work, task=task, first=first, last=last)) }}
{%- endmacro -%}

{%- macro default__call_model_query(work, task, first, last) -%}
    {{ return(dbt_llm._refuse_adapter('call_model_query')) }}
{%- endmacro -%}
