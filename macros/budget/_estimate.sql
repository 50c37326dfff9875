{#
    What so many requests will take: {'input_each', 'output_each', 'input_tokens', 'output_tokens', 'cost_usd', 'input_by',
    'output_by'}, the last two in words. By what this task's answers took, where there are enough; else by a count
    (`counted_each`, tokens of a sample), or a token for four bytes of UTF-8, and by the size of what the schema allows.
#}
{%- macro _estimate(task, requests, prompt_bytes, past, counted_each=none) -%}
    {%- set parameters = task.model_parameters -%}
    {%- set stated = parameters.get('max_tokens') or parameters.get('max_output_tokens') or parameters.get('max_completion_tokens') -%}
    {%- set each = {} -%}
    {%- if past.input_each is not none -%}
        {%- do each.update({'input': past.input_each, 'input_by': dbt_llm._grouped(past.answers) ~ ' answers of this task'}) -%}
    {%- elif counted_each is not none -%}
        {%- do each.update({'input': counted_each, 'input_by': "the warehouse's count of a sample"}) -%}
    {%- else -%}
        {%- set instruction = dbt_llm._canonical_json(task.response_schema) | length
            if task.endpoint.get('structured_output') in ['json', 'ask'] else 0 -%}
        {%- do each.update({
            'input': (prompt_bytes / ([requests, 1] | max) + instruction) / 4, 'input_by': 'UTF-8 bytes / 4',
        }) -%}
    {%- endif -%}
    {%- if past.output_each is not none -%}
        {%- do each.update({
            'output': past.output_each,
            'output_by': dbt_llm._grouped(past.answers) ~ ' answers of ' ~ ('this task' if past.is_same_version else "this task's other versions"),
        }) -%}
    {%- else -%}
        {%- set expected = dbt_llm._expected_letters(task.response_schema) / 4 -%}
        {%- do each.update({
            'output': [expected, stated] | min if stated else expected,
            'output_by': 'the response format' ~ (', at most max_tokens' if stated and stated < expected else ''),
        }) -%}
    {%- endif -%}
    {%- set input_tokens = (each.input * requests) | round | int -%}
    {%- set output_tokens = (each.output * requests) | round | int -%}
    {{ return({
        'input_each': each.input, 'output_each': each.output,
        'input_tokens': input_tokens, 'output_tokens': output_tokens,
        'cost_usd': dbt_llm._cost(task.endpoint, input_tokens, output_tokens),
        'input_by': each.input_by, 'output_by': each.output_by,
    }) }}
{%- endmacro -%}
