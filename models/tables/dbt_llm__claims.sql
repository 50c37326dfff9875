{{ dbt_llm._package_table() }}
