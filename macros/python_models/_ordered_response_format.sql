{#
    The response format of a Python task as its order has it: that of its config, or of the Pydantic class in the model's code,
    which the body adds, as dbt does not see it.
#}
{%- macro _ordered_response_format() -%}
    {%- set order = dbt_llm._order_relation() -%}
    {%- set found = run_query('select order_text from ' ~ order).rows if load_relation(order) is not none else [] -%}
    {{ return(fromjson(found[0][0]).llm.response_format if found else none) }}
{%- endmacro -%}
