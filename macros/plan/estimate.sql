{# How many tokens a task's requests will take, and what those cost. #}

{#
    What so many requests will take: {'input_each', 'output_each', 'input_tokens', 'output_tokens', 'cost_usd', 'input_by',
    'output_by'}, the last two in words. By what this task's answers took, where there are enough; else by a count
    (`counted_each`, tokens of a sample), or a token for four bytes of UTF-8, and by the size of what the schema allows.
#}
{%- macro _estimate(task, requests, prompt_bytes, past, counted_each=none) -%}
    {%- set stated = dbt_llm._stated_max_tokens(task.model_parameters) -%}
    {%- set each = {} -%}
    {%- if past.input_each is not none -%}
        {%- do each.update({'input': past.input_each, 'input_by': dbt_llm._format_number(past.answers) ~ ' answers of this task'}) -%}
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
            'output_by': dbt_llm._format_number(past.answers) ~ ' answers of ' ~ ('this task' if past.is_same_version else "this task's other versions"),
        }) -%}
    {%- else -%}
        {# A vector is billed by what it is made of. #}
        {%- set expected = dbt_llm._expected_completion_length(task.response_schema) / 4 if task.get('dimensions') is none else 0 -%}
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

{#
    What the answers of a task took so far: {'answers', 'input_each', 'output_each', 'is_same_version'}. Those of this prompt
    version and language model where there are enough of them, which tell both; else those of the task's other versions,
    whose completions are alike at least, so that they tell the output only.
#}
{%- macro _past_usage(task) -%}
    {%- set enough = 30 -%}
    {%- set mine = 'model_name = ' ~ dbt_llm.string_literal(task.model_name) ~ ' and prompt_version = ' ~ dbt_llm._prompt_version(task) -%}
    {%- set row = run_query(
        'select\n    sum(case when ' ~ mine ~ ' then 1 else 0 end),\n    avg(case when ' ~ mine ~ ' then input_tokens end),\n    avg(case when '
        ~ mine ~ ' then output_tokens end),\n    count(*),\n    avg(output_tokens)\nfrom '
        ~ dbt_llm._package_relation('dbt_llm__responses') ~ '\nwhere task = ' ~ dbt_llm.string_literal(task.name)
        ~ "\n    and status = 'succeeded' and input_tokens is not null and output_tokens is not null"
    ).rows[0] -%}
    {%- if row[0] is not none and row[0] | int >= enough -%}
        {{ return({'answers': row[0] | int, 'input_each': row[1] | float, 'output_each': row[2] | float, 'is_same_version': true}) }}
    {%- elif row[3] | int >= enough -%}
        {{ return({'answers': row[3] | int, 'input_each': none, 'output_each': row[4] | float, 'is_same_version': false}) }}
    {%- endif -%}
    {{ return({'answers': 0, 'input_each': none, 'output_each': none, 'is_same_version': false}) }}
{%- endmacro -%}

{#
    How many letters a completion is likely to have that meets a schema: names and marks exactly, values by their type. A
    text without a length is taken for a short sentence, an array for one element.
#}
{%- macro _expected_completion_length(schema) -%}
    {%- if schema.enum is defined -%}
        {%- set ns = namespace(letters=0) -%}
        {%- for value in schema.enum -%}
            {%- set ns.letters = ns.letters + (tojson(value) | length) -%}
        {%- endfor -%}
        {{ return(ns.letters / ([schema.enum | length, 1] | max)) }}
    {%- elif schema.const is defined -%}
        {{ return(tojson(schema.const) | length) }}
    {%- elif schema.type == 'object' -%}
        {%- set ns = namespace(letters=2) -%}
        {%- for name, member in (schema.properties or {}).items() -%}
            {# "name": value, with the spaces that most models write. #}
            {%- set ns.letters = ns.letters + (name | length) + 6 + dbt_llm._expected_completion_length(member) -%}
        {%- endfor -%}
        {{ return(ns.letters) }}
    {%- elif schema.type == 'array' -%}
        {%- set elements = [[1, schema.get('minItems', 0)] | max, schema.get('maxItems', 1000)] | min -%}
        {{ return(2 + elements * (2 + dbt_llm._expected_completion_length(schema['items'] or {}))) }}
    {%- elif schema.type == 'string' -%}
        {%- set longest = schema.get('maxLength', 120) -%}
        {{ return(2 + [[longest, 200] | min / 2, schema.get('minLength', 0)] | max if schema.format is not defined else 22) }}
    {%- elif schema.type == 'boolean' -%}
        {{ return(4.5) }}
    {%- endif -%}
    {{ return(4) }}
{%- endmacro -%}

{# What so many tokens cost at an entry's prices, in USD; none without prices. #}
{%- macro _cost(entry, input_tokens, output_tokens) -%}
    {%- if 'input_usd_per_million_tokens' not in entry -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return((
        input_tokens * entry.input_usd_per_million_tokens + output_tokens * entry.get('output_usd_per_million_tokens', 0)
    ) / 1000000) }}
{%- endmacro -%}

{# The estimate that plan would have made of what is pending, from the work table; kept in dbt_llm__runs to be held against. #}
{%- macro _estimate_of_work(task, work, pending_requests) -%}
    {%- set bytes = run_query(
        'select coalesce(sum(' ~ dbt_llm.text_bytes('prompt') ~ '), 0) from ' ~ work
    ).rows[0][0] | int -%}
    {{ return(dbt_llm._estimate(task, pending_requests, bytes, dbt_llm._past_usage(task))) }}
{%- endmacro -%}
