select
    'valid' as stream,
    count(*) as message_count
from {{ dbt_llm.valid(ref('as_table')) }} as valid_rows
union all
select
    'quarantined' as stream,
    count(*) as message_count
from {{ dbt_llm.quarantined(ref('as_table')) }} as quarantined_rows
