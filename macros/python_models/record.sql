{# The post-hook of a Python task: what the post-hooks of a SQL task do, and the order is done with. #}
{%- macro record() -%}
    {%- if execute -%}
        {%- do run_query('drop table if exists ' ~ dbt_llm._order_relation()) -%}
    {%- endif -%}
    {{ dbt_llm._assert_resolved() }}
    {# A hook is one statement. #}
    {%- if dbt_llm._writes_rows() -%}
        {%- do run_query(dbt_llm._record_quarantine()) -%}
    {%- endif -%}
    {{ dbt_llm._record_distribution() }}
{%- endmacro -%}
