-- depends_on: {{ ref('dbt_llm__batches') }}
select *
from {{ ref('dbt_llm__batch_requests') }}
where {{ dbt_llm._forgotten_rows('pii_risk', 90, none)['dbt_llm__batch_requests'] if execute else '1 = 1' }}
