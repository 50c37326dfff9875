{# Embeddings: the call that makes the vectors of a chunk, how its answers are read, and what is no vector. #}

{%- macro embed_query(work, task, first, last) -%}
    {{ return(adapter.dispatch('embed_query', 'dbt_llm')(work=work, task=task, first=first, last=last)) }}
{%- endmacro -%}

{%- macro default__embed_query(work, task, first, last) -%}
    {{ return(dbt_llm._refuse_adapter('embed_query')) }}
{%- endmacro -%}

{%- macro vectors_query(stage, task) -%}
    {{ return(adapter.dispatch('vectors_query', 'dbt_llm')(stage=stage, task=task)) }}
{%- endmacro -%}

{%- macro default__vectors_query(stage, task) -%}
    {{ return(dbt_llm._refuse_adapter('vectors_query')) }}
{%- endmacro -%}

{%- macro has_no_number(vector) -%}
    {{ return(adapter.dispatch('has_no_number', 'dbt_llm')(vector=vector)) }}
{%- endmacro -%}

{%- macro default__has_no_number(vector) -%}
    {{ return(dbt_llm._refuse_adapter('has_no_number')) }}
{%- endmacro -%}

{%- macro vector_where(condition, vector, member, otherwise=none) -%}
    {{ return(adapter.dispatch('vector_where', 'dbt_llm')(condition=condition, vector=vector, member=member, otherwise=otherwise)) }}
{%- endmacro -%}

{%- macro default__vector_where(condition, vector, member, otherwise=none) -%}
    {{ return(
        'case\n        when ' ~ condition ~ ' then ' ~ dbt_llm.typed_value(vector, member)
        ~ ('' if otherwise is none else '\n        else ' ~ otherwise) ~ '\n    end'
    ) }}
{%- endmacro -%}
