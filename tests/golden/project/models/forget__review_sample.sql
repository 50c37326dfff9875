select *
from {{ ref('dbt_llm__review_sample') }}
where {{ dbt_llm._forgotten_rows('pii_risk', 90, '01fe')['dbt_llm__review_sample'] if execute else '1 = 1' }}
