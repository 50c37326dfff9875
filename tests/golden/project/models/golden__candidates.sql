{{ dbt_llm.golden(source('raw', 'golden_messages'), task='enrich__hostile_prompt', key='message_id') }}
