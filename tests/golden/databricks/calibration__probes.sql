select
    'answer_fields' as probe,
    result
from (
select to_json(ai_query(
        'databricks-meta-llama-3-3-70b-instruct',
        'Answer with the word yes.',
        modelParameters => named_struct('max_tokens', 20),
        failOnError => false
    )) as result
) as answer_fields

union all

select
    'failure_fields' as probe,
    result
from (
select to_json(ai_query(
        'databricks-meta-llama-3-3-70b-instruct',
        'Answer with the word yes.',
        modelParameters => named_struct('max_tokens', 20, 'temperature', 99),
        failOnError => false
    )) as result
) as failure_fields

union all

select
    'no_such_endpoint' as probe,
    result
from (
select to_json(ai_query(
        'dbt_llm_no_such_endpoint',
        'Answer with the word yes.',
        modelParameters => named_struct('max_tokens', 20),
        failOnError => false
    )) as result
) as no_such_endpoint

union all

select
    'null_request' as probe,
    result
from (
select coalesce(to_json(ai_query(
        'databricks-meta-llama-3-3-70b-instruct',
        cast(null as string),
        modelParameters => named_struct('max_tokens', 20),
        failOnError => false
    )), 'NULL') as result
) as null_request

union all

select
    'folded_arguments' as probe,
    result
from (
select to_json(ai_query(
        'databricks-meta-llama-3-3-70b-instruct',
        'Is ice cold? Answer in JSON with one member, ok, true or false.',
        modelParameters => named_struct('max_tokens', 10 + 10),
        responseFormat => concat('{"type": ', '"json_object"}'),
        failOnError => false
    )) as result
) as folded_arguments

union all

select
    'classify_default_form' as probe,
    result
from (
select cast(ai_classify('The parcel is late.', '["billing", "delivery"]') as string) as result
) as classify_default_form

union all

select
    'extract_default_form' as probe,
    result
from (
select cast(ai_extract('Ann lives in Bern.', '["name", "city"]') as string) as result
) as extract_default_form

union all

select
    'json_after_value' as probe,
    result
from (
select coalesce(cast(try_parse_json('{"a": 1} and more') as string), 'NULL') as result
) as json_after_value
