{#
    The JSON text of what `response_format` asks of a text, as a scalar SQL expression: of the endpoint, or without one of
    the warehouse's own function. NULL where the call failed.
#}
{%- macro extract(text, response_format, endpoint=none, instruction=none, model_parameters=none) -%}
    {%- if endpoint is none -%}
        {%- do dbt_llm._check_native('extract', model_parameters) -%}
        {%- set schema = dbt_llm._response_schema(response_format) -%}
        {%- if execute -%}
            {%- do dbt_llm._raise_faults('extract', 'response_format', dbt_llm._schema_faults(schema, 'response_format')) -%}
        {%- endif -%}
        {{ return(dbt_llm.extract_expression(text=text, schema=schema, instruction=instruction)) }}
    {%- endif -%}
    {{ return(dbt_llm.complete_expression(
        prompt_expression=dbt_llm.concat_text([
            dbt_llm.string_literal((instruction or 'Extract the asked values from the text.') ~ '\n<text>'),
            dbt_llm.text_of(text),
            dbt_llm.string_literal('</text>'),
        ]),
        task=dbt_llm._inline_task('extract', endpoint=endpoint, response_format=response_format, model_parameters=model_parameters),
    )) }}
{%- endmacro -%}
