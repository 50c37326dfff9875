select
    'generate_text_columns' as probe,
    result
from (
select concat('[', string_agg(to_json_string(answer), ', '), ']') as result
from ai.generate_text(
    model `golden.main.gemini_flash`,
    (select 'Answer with the word yes.' as prompt),
    struct('{"generation_config":{"max_output_tokens":20}}' as model_params)
) as answer
) as generate_text_columns

union all

select
    'generate_text_failure' as probe,
    result
from (
select concat('[', string_agg(to_json_string(answer), ', '), ']') as result
from ai.generate_text(
    model `golden.main.gemini_flash`,
    (select 'Answer with the word yes.' as prompt),
    struct('{"generation_config":{"max_output_tokens":20,"temperature":99}}' as model_params)
) as answer
) as generate_text_failure

union all

select
    'generate_text_null_prompt' as probe,
    result
from (
select concat('[', string_agg(to_json_string(answer), ', '), ']') as result
from ai.generate_text(
    model `golden.main.gemini_flash`,
    (select cast(null as string) as prompt),
    struct('{"generation_config":{"max_output_tokens":20}}' as model_params)
) as answer
) as generate_text_null_prompt

union all

select
    'schema_limits' as probe,
    result
from (
select concat('[', string_agg(to_json_string(answer), ', '), ']') as result
from ai.generate_text(
    model `golden.main.gemini_flash`,
    (select 'Give the number 2 as n and one tag.' as prompt),
    struct('{"generation_config":{"max_output_tokens":100,"response_mime_type":"application/json","response_schema":{"type":"object","properties":{"n":{"minimum":1,"maximum":3,"type":"integer"},"tags":{"minItems":1,"maxItems":2,"type":"array","items":{"type":"string"}}},"required":["n","tags"],"propertyOrdering":["n","tags"]}}}' as model_params)
) as answer
) as schema_limits

union all

select
    'equal_prompts' as probe,
    result
from (
select concat('[', string_agg(to_json_string(answer), ', '), ']') as result
from ai.generate_text(
    model `golden.main.gemini_flash`,
    (select 'Answer with the word yes.' as prompt from unnest([1, 2, 3]) as n),
    struct('{"generation_config":{"max_output_tokens":20}}' as model_params)
) as answer
) as equal_prompts

union all

select
    'generate_default_endpoint' as probe,
    result
from (
select to_json_string(ai.generate('Answer with the word yes.', connection_id => 'us.vertex_ai')) as result
) as generate_default_endpoint

union all

select
    'generate_null_prompt' as probe,
    result
from (
select to_json_string(ai.generate(cast(null as string), endpoint => 'gemini-3.1-flash-lite', connection_id => 'us.vertex_ai')) as result
) as generate_null_prompt
