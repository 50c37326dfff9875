{# Append the staged answers to the responses, in one statement: it is there whole, or not at all. #}
{%- macro _append_answers(stage, responses, task) -%}
    {%- set prices = task.endpoint -%}
    {%- set row = {
        'request_key': 'answers.request_key',
        'task': dbt_llm.string_literal(task.name),
        'model_name': 'staged.called_model',
        'prompt_version': 'staged.called_version',
        'status': "case when answers.error_class is null then 'succeeded' else 'failed' end",
        'completion': 'answers.completion',
        'error_class': 'answers.error_class',
        'error_message': 'substr(answers.error_message, 1, 500)',
        'finish_reason': 'answers.finish_reason',
        'input_tokens': 'answers.input_tokens',
        'output_tokens': 'answers.output_tokens',
        'attempt': 'answers.attempt + 1',
        'engine': dbt_llm.string_literal(dbt_llm.adapter_name()),
        'response_model': 'answers.response_model',
        'invocation_id': 'staged.called_by',
        'requested_at': 'staged.called_at',
        'responded_at': dbt_llm.current_utc(),
    } -%}
    {%- if prices.input_usd_per_million_tokens is defined -%}
        {%- do row.update({'cost_usd':
            '(answers.input_tokens * ' ~ prices.input_usd_per_million_tokens ~ ' + answers.output_tokens * '
            ~ prices.get('output_usd_per_million_tokens', 0) ~ ') / 1000000.0',
            'estimated_cost_usd':
            'case when answers.input_tokens is null and answers.error_class is null then ('
            ~ dbt_llm.text_bytes('answers.prompt') ~ ' * ' ~ prices.input_usd_per_million_tokens ~ ' + '
            ~ dbt_llm.text_bytes('answers.completion') ~ ' * ' ~ prices.get('output_usd_per_million_tokens', 0)
            ~ ') / 4000000.0 end',
        }) -%}
    {%- endif -%}
    {%- if task.store_prompts -%}
        {%- do row.update({'prompt': 'answers.prompt'}) -%}
    {%- endif -%}
    {%- do run_query(
        'insert into ' ~ responses ~ '\n    (' ~ (row.keys() | join(', ')) ~ ')\nselect\n    '
        ~ (row.values() | join(',\n    ')) ~ '\nfrom (\n' ~ dbt_llm._classified_answers(stage=stage, task=task)
        ~ '\n) as answers\ninner join ' ~ stage ~ ' as staged\n    on answers.request_key = staged.request_key'
    ) -%}
{%- endmacro -%}
