select
    'answer_details' as probe,
    result
from (
select to_json(ai_complete(
        model => 'llama3.3-70b',
        prompt => 'Answer with the word yes.',
        model_parameters => {'max_tokens': 20},
        show_details => true,
        return_error_details => true
    )) as result
) as answer_details

union all

select
    'failed_call' as probe,
    result
from (
select to_json(ai_complete(
        model => 'llama3.3-70b',
        prompt => 'Answer with the word yes.',
        model_parameters => {'max_tokens': 20, 'temperature': 99},
        show_details => true,
        return_error_details => true
    )) as result
) as failed_call

union all

select
    'no_such_model' as probe,
    result
from (
select to_json(ai_complete(
        model => 'dbt-llm-no-such-model',
        prompt => 'Answer with the word yes.',
        model_parameters => {'max_tokens': 20},
        show_details => true,
        return_error_details => true
    )) as result
) as no_such_model

union all

select
    'null_prompt' as probe,
    result
from (
select coalesce(to_json(ai_complete(
        model => 'llama3.3-70b',
        prompt => cast(null as varchar),
        model_parameters => {'max_tokens': 20},
        show_details => true,
        return_error_details => true
    )), 'NULL') as result
) as null_prompt

union all

select
    'model_of_a_column' as probe,
    result
from (
select to_json(ai_complete(
        model => asked_of.model,
        prompt => 'Answer with the word yes.',
        model_parameters => {'max_tokens': 20},
        show_details => true,
        return_error_details => true
    )) as result
from (select 'llama3.3-70b' as model) as asked_of
) as model_of_a_column

union all

select
    'integer_minimum' as probe,
    result
from (
select to_json(ai_complete(
        model => 'llama3.3-70b',
        prompt => 'Give the number 2 as n, in JSON.',
        model_parameters => {'max_tokens': 50},
        response_format => {'type': 'json', 'schema': {'type': 'object', 'properties': {'n': {'type': 'integer', 'minimum': 1, 'maximum': 3}}, 'required': ['n'], 'additionalProperties': false}},
        show_details => true,
        return_error_details => true
    )) as result
) as integer_minimum

union all

select
    'any_of' as probe,
    result
from (
select to_json(ai_complete(
        model => 'llama3.3-70b',
        prompt => 'Give the number 2 as n, in JSON.',
        model_parameters => {'max_tokens': 50},
        response_format => {'type': 'json', 'schema': {'type': 'object', 'properties': {'n': {'anyOf': [{'type': 'integer'}, {'type': 'null'}]}}, 'required': ['n'], 'additionalProperties': false}},
        show_details => true,
        return_error_details => true
    )) as result
) as any_of

union all

select
    'equal_prompts' as probe,
    result
from (
select to_json(array_agg(ai_complete(
        model => 'llama3.3-70b',
        prompt => 'Answer with the word yes.',
        model_parameters => {'max_tokens': 20, 'temperature': 0, 'top_p': 0},
        show_details => true,
        return_error_details => true
    ))) as result
from (
    select 1 as n
    union all
    select 2
    union all
    select 3
) as repeats
) as equal_prompts

union all

select
    'extract_scores' as probe,
    result
from (
select to_json(ai_extract(text => 'Ann lives in Bern.', responseFormat => {'name': 'Who is it?'}, scores => true)) as result
) as extract_scores

union all

select
    'embed_form' as probe,
    result
from (
select system$typeof(ai_embed('snowflake-arctic-embed-l-v2.0', 'a parcel')) as result
) as embed_form

union all

select
    'similarity_form' as probe,
    result
from (
select system$typeof(ai_similarity('a parcel', 'a letter')) as result
) as similarity_form

union all

select
    'count_tokens' as probe,
    result
from (
select cast(ai_count_tokens('ai_complete', 'llama3.3-70b', 'a parcel') as varchar) as result
) as count_tokens

union all

select
    'count_tokens_of_functions' as probe,
    result
from (
select cast(ai_count_tokens('ai_sentiment', 'a parcel') as varchar) as result
) as count_tokens_of_functions
