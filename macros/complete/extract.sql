{# The JSON text of what `response_format` asks of a text, as a scalar SQL expression; NULL where the call failed. #}
{%- macro extract(text, response_format, endpoint, instruction='Extract the asked values from the text.', model_parameters=none) -%}
    {%- set task = dbt_llm._inline_task(
        'extract', endpoint=endpoint, response_format=response_format, model_parameters=model_parameters
    ) -%}
    {{ return(dbt_llm.complete_expression(
        prompt_expression=dbt_llm.concat_text([
            dbt_llm.string_literal(instruction ~ '\n<text>'), dbt_llm.text_of(text), dbt_llm.string_literal('</text>'),
        ]),
        task=task,
    )) }}
{%- endmacro -%}
