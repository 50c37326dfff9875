-- What is downstream of a task reads its valid rows like any table's.
select
    message_id,
    customer_id,
    pii_types,
    confidence
from {{ dbt_llm.valid(ref('pii_risk')) }} as pii_risk
where has_pii
