{{ config(materialized='table') }}
select
    message_id,
    {{ dbt_llm.complete('body', endpoint='fast') }} as completion,
    {{ dbt_llm.classify('body', ['parcel', 'other'], endpoint='fast') }} as label,
    {{ dbt_llm.extract('body', {'city': {'type': 'string'}}, endpoint='fast') }} as extracted
from {{ ref('raw_messages') }}
