-- What the pipeline is for, from whichever place it came.
select
    message_id,
    'native' as place
from {{ dbt_llm.valid(ref('card_in_short')) }} as short
where list_contains(pii_types, 'card')

union all

select
    message_id,
    'large' as place
from {{ dbt_llm.valid(ref('card_in_long')) }} as long
where list_contains(pii_types, 'card')
