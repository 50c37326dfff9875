select *
from (
    select
        llm_request_key as request_key,
        llm_prompt_version as prompt_version,
        llm_status as status,
        llm_reason as reason,
        case
            when llm_request_key < '028f5c29' then 'all'
            when llm_status = 'quarantined' and true then 'quarantined'
            when "confidence" < 0.7 and llm_request_key < '1999999a' then 'low_confidence'
        end as drawn_for,
        cast(message_id as varchar) as row_key,
        cast(json_object('body', cast("Body" as varchar), 'channel', cast("channel" as varchar)) as varchar) as input,
        count(*) over (partition by llm_request_key) as input_rows,
        row_number() over (partition by llm_request_key order by message_id) as nth
    from "golden"."main"."enrich__table"
    where llm_status in ('succeeded', 'quarantined')
        and (
            (llm_request_key < '028f5c29')
            or (llm_status = 'quarantined' and true)
            or ("confidence" < 0.7 and llm_request_key < '1999999a')
        )
) as drawn
where nth = 1
    and not exists (
        select 1
        from "golden"."main"."dbt_llm__review_sample" as kept
        where kept.task = 'enrich__table'
            and kept.request_key = drawn.request_key
            and kept.status = drawn.status
    )
