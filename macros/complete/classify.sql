{# One of `labels` for a text, as a scalar SQL expression; NULL where the call failed or answered another label. #}
{%- macro classify(text, labels, endpoint, instruction='Which label fits the text best?', model_parameters=none) -%}
    {%- set response_format = {'label': {'type': 'string', 'enum': labels}} -%}
    {%- set task = dbt_llm._inline_task(
        'classify', endpoint=endpoint, response_format=response_format, model_parameters=model_parameters
    ) -%}
    {%- set prompt = dbt_llm.concat_text([
        dbt_llm.string_literal(instruction ~ '\nLabels: ' ~ (labels | join(', ')) ~ '\n<text>'),
        dbt_llm.text_of(text),
        dbt_llm.string_literal('</text>'),
    ]) -%}
    {%- set completion = dbt_llm.parse_json(dbt_llm.complete_expression(prompt_expression=prompt, task=task)) -%}
    {%- set allowed = [] -%}
    {%- for label in labels -%}
        {%- do allowed.append('when ' ~ dbt_llm.string_literal(label) ~ ' then ' ~ dbt_llm.string_literal(label)) -%}
    {%- endfor -%}
    {{ return('case ' ~ dbt_llm.json_text(dbt_llm.json_member(completion, 'label')) ~ ' ' ~ (allowed | join(' ')) ~ ' end') }}
{%- endmacro -%}
