-- depends_on: "golden"."main"."dbt_llm__batches"
select *
from "golden"."main"."dbt_llm__batch_requests"
where batch_key in (
        select batch_key
        from "golden"."main"."dbt_llm__batches"
        where task = 'pii_risk'
    )
    and ((epoch(now()) - epoch(recorded_at)) / 3600) > 2160
    and batch_key not in (
        select latest.batch_key
        from "golden"."main"."dbt_llm__batches" as latest
        inner join (
            select
                batch_key,
                max(sequence) as sequence
            from "golden"."main"."dbt_llm__batches"
            group by batch_key
        ) as events
            on latest.batch_key = events.batch_key
            and latest.sequence = events.sequence
        where coalesce(latest.is_open, true)
    )
