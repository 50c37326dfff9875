{{ dbt_llm._candidate_pairs_query(rows=ref('golden__verdicts'), candidate='v2', column='has_pii') }}
