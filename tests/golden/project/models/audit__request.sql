{{ dbt_llm._audit_query('01fe', ref('dbt_llm__responses'), ref('dbt_llm__runs')) }}
