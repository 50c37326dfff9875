{# The body of generateContent but its contents, as a JSON literal: BigQuery's own arguments know no response schema. #}
{%- macro _gemini_parameters(task) -%}
    {%- set names = {'max_tokens': 'max_output_tokens', 'stop': 'stop_sequences'} -%}
    {%- set generation = {} -%}
    {%- for name, value in task.model_parameters.items() -%}
        {# One stop sequence may be a text in the OpenAI form; Gemini takes a list only. #}
        {%- do generation.update({names.get(name, name): [value] if name == 'stop' and value is string else value}) -%}
    {%- endfor -%}
    {%- if task.response_schema is not none -%}
        {%- do generation.update({
            'response_mime_type': 'application/json',
            'response_schema': dbt_llm._constrained_schema(
                task.response_schema, keywords=['type', 'enum', 'description', 'minimum', 'maximum', 'minItems', 'maxItems'], closed=false
            ),
        }) -%}
    {%- endif -%}
    {{ return('json ' ~ dbt_llm.string_literal(dbt_llm._canonical_json({'generation_config': generation}, keep_order=true))) }}
{%- endmacro -%}
