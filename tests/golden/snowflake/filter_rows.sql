with

llm_run as (
    select
        model_name,
        prompt_version
    from (
        select
            model_name,
            prompt_version,
            row_number() over (order by started_at desc) as newest_first
        from GOLDEN.MAIN.dbt_llm__runs
        where task = 'enrich__filter'
    ) as every_run
    where newest_first = 1
),

llm_trained as (
    select
        *,
        row_number() over (order by trained_at desc, filter_version asc) as newest_first
    from GOLDEN.MAIN.dbt_llm__filters
    where task = 'enrich__filter'
        and model_name = (select model_name from llm_run)
        and label_column = 'pii_types'
        and label_values = '["card","ssn"]'
        and prompt_version = (select prompt_version from llm_run)
        and embedding_model = 'small-embed'
),

llm_filter as (
    select
        llm_trained.filter_version as _dbt_llm_filter_version,
        llm_trained.intercept as _dbt_llm_filter_intercept,
        llm_trained.coefficients as _dbt_llm_filter_coefficients,
        llm_trained.threshold as _dbt_llm_filter_threshold
    from (select 1 as newest_first) as one_row
    left join llm_trained
        on one_row.newest_first = llm_trained.newest_first
        and llm_trained.stated_recall >= 0.95
        and llm_trained.stated_confidence >= 0.95
),

llm_first_filter as (
    select min(trained_at) as trained_at
    from GOLDEN.MAIN.dbt_llm__filters
    where task = 'enrich__filter'
        and model_name = (select model_name from llm_run)
        and prompt_version = (select prompt_version from llm_run)
        and threshold is not null
),

llm_unasked as (
    select count(*) as row_count
    from GOLDEN.MAIN.enrich__filter
    where llm_reason = 'filtered'
        and llm_prompt_version = (select prompt_version from llm_run)
        and (substr(llm_request_key, 9) < '051eb852')
),

llm_answers as (
    select
        message_id as llm_key_1,
        llm_request_key as request_key,
        coalesce(array_contains(to_variant('card'), "PII_TYPES") or array_contains(to_variant('ssn'), "PII_TYPES"), false) as is_wanted
    from GOLDEN.MAIN.enrich__filter
    where llm_status = 'succeeded'
        and llm_reason is null
        and llm_prompt_version = (select prompt_version from llm_run)
),

llm_vectors as (
    select
        message_id as llm_key_1,
        cast("VECTOR" as array) as embedding
    from GOLDEN.main.embedded_messages
    where "VECTOR" is not null
),

llm_requests as (
    select
        request_key,
        embedding,
        is_wanted
    from (
        select
            llm_answers.request_key,
            llm_vectors.embedding,
            llm_answers.is_wanted,
            row_number() over (partition by llm_answers.request_key order by llm_answers.llm_key_1) as place
        from llm_answers
        inner join llm_vectors
            on llm_answers.llm_key_1 = llm_vectors.llm_key_1
    ) as every_row
    where place = 1
    order by request_key
    limit 200000
),

llm_corrections as (
    select
        request_key,
        is_wanted
    from (
        select
            request_key,
            coalesce(array_size(filter(as_array(try_parse_json(expected)), element -> cast(element as varchar) in ('card', 'ssn'))) > 0, false) as is_wanted,
            row_number() over (partition by request_key order by evaluated_at desc, expected asc) as newest_first
        from GOLDEN.MAIN.dbt_llm__evaluation_rows
        where task = 'enrich__filter'
            and candidate = 'current'
            and column_name = 'pii_types'
            and expected is not null
    ) as every_correction
    where newest_first = 1
),

llm_first_answers as (
    select
        request_key,
        min(responded_at) as responded_at
    from GOLDEN.MAIN.dbt_llm__responses
    where status = 'succeeded'
    group by request_key
),

llm_labelled as (
    select
        case
            when substr(llm_requests.request_key, 17, 1) < '8'
                and (
                    llm_first_filter.trained_at is null
                    or coalesce(llm_first_answers.responded_at < llm_first_filter.trained_at, false)
                    or (substr(llm_requests.request_key, 9) < '051eb852')
                )
                then 'held_out'
            else 'learned'
        end as split,
        llm_requests.request_key,
        llm_requests.embedding,
        coalesce(llm_corrections.is_wanted, llm_requests.is_wanted) as is_wanted,
        coalesce(llm_corrections.is_wanted != llm_requests.is_wanted, false) as is_corrected
    from llm_requests
    cross join llm_first_filter
    left join llm_corrections
        on llm_requests.request_key = llm_corrections.request_key
    left join llm_first_answers
        on llm_requests.request_key = llm_first_answers.request_key
    union all
    select
        'golden' as split,
        cast(null as varchar) as request_key,
        cast("VECTOR" as array) as embedding,
        coalesce(array_size(filter(as_array(try_parse_json(cast(expected_pii_types as varchar))), element -> cast(element as varchar) in ('card', 'ssn'))) > 0, false) as is_wanted,
        false as is_corrected
    from GOLDEN.main.golden_messages
    where "VECTOR" is not null
        and expected_pii_types is not null
)

select
    'enrich__filter' as task,
    llm_run.model_name,
    llm_run.prompt_version,
    'pii_types' as label_column,
    '["card","ssn"]' as label_values,
    'small-embed' as embedding_model,
    cast('0.95' as float) as stated_recall,
    cast('0.95' as float) as stated_confidence,
    case when llm_filter._dbt_llm_filter_threshold is not null then llm_filter._dbt_llm_filter_version end as filter_in_force,
    llm_unasked.row_count as unasked_audit_rows,
    llm_labelled.split,
    llm_labelled.request_key,
    llm_labelled.embedding,
    llm_labelled.is_wanted,
    llm_labelled.is_corrected
from llm_labelled
cross join llm_run
cross join llm_filter
cross join llm_unasked
