{#
    One of `labels` for a text, as a scalar SQL expression: of the endpoint, or without one of the warehouse's own
    function. NULL where the call failed or answered another label.
#}
{%- macro classify(text, labels, endpoint=none, instruction=none, model_parameters=none) -%}
    {%- if endpoint is none -%}
        {%- do dbt_llm._check_native('classify', model_parameters) -%}
        {%- set label = dbt_llm.classify_expression(text=text, labels=labels, instruction=instruction) -%}
    {%- else -%}
        {%- set task = dbt_llm._inline_task(
            'classify', endpoint=endpoint, response_format={'label': {'type': 'string', 'enum': labels}}, model_parameters=model_parameters
        ) -%}
        {%- set prompt = dbt_llm.concat_text([
            dbt_llm.string_literal((instruction or 'Which label fits the text best?') ~ '\nLabels: ' ~ (labels | join(', ')) ~ '\n<text>'),
            dbt_llm.text_of(text),
            dbt_llm.string_literal('</text>'),
        ]) -%}
        {%- set completion = dbt_llm.parse_json(dbt_llm.complete_expression(prompt_expression=prompt, task=task)) -%}
        {%- set label = dbt_llm.json_text(dbt_llm.json_member(completion, 'label')) -%}
    {%- endif -%}
    {{ return(dbt_llm.one_of(text_expression=label, allowed=labels)) }}
{%- endmacro -%}
