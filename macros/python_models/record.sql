{# The post-hook of a Python task: it records what a SQL task's post-hooks record, and takes the order away. #}

{# The post-hook of a Python task: what a SQL task's does; and the order is done with. #}
{%- macro record() -%}
    {%- if execute and flags.WHICH in ['run', 'build', 'retry'] -%}
        {%- do dbt_llm._record_rows(response_format=dbt_llm._ordered_response_format()) -%}
        {%- do run_query('drop table if exists ' ~ dbt_llm._order_relation()) -%}
    {%- endif -%}
{%- endmacro -%}

{#
    The response format of a Python task as its order has it: that of its config, or of the Pydantic class in the model's code,
    which the body adds, as dbt does not see it. The order is there: the body has just read it.
#}
{%- macro _ordered_response_format() -%}
    {%- set found = run_query('select order_text from ' ~ dbt_llm._order_relation()).rows -%}
    {{ return(dbt_llm._response_format_of(fromjson(found[0][0]).llm)) }}
{%- endmacro -%}
