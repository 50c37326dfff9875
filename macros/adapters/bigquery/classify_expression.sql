{# AI.CLASSIFY takes examples, but no instruction. #}
{%- macro bigquery__classify_expression(text, labels, instruction) -%}
    {%- if instruction and execute -%}
        {%- do exceptions.raise_compiler_error(
            'dbt_llm.classify: AI.CLASSIFY takes no instruction. Expected none, or an endpoint; got an instruction alone. '
            ~ "Leave `instruction` out, or name the endpoint that shall answer."
        ) -%}
    {%- endif -%}
    {{ return('ai.classify(' ~ dbt_llm.text_of(text) ~ ', categories => [' ~ dbt_llm._literal_list(labels) ~ '])') }}
{%- endmacro -%}
