select
    'valid' as stream,
    message_id
from {{ dbt_llm.valid(ref('enrich__table')) }} as valid_rows
union all
select
    'quarantined' as stream,
    message_id
from {{ dbt_llm.quarantined(ref('enrich__table')) }} as quarantined_rows
