{%- macro json_object_text(members) -%}
    {{ return(adapter.dispatch('json_object_text', 'dbt_llm')(members=members)) }}
{%- endmacro -%}

{%- macro default__json_object_text(members) -%}
    {{ return(dbt_llm._refuse_adapter('json_object_text')) }}
{%- endmacro -%}
