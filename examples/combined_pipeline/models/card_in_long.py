import dbt_llm


def model(dbt, session):
    dbt.config(materialized="incremental", unique_key="message_id")
    vectors = dbt.ref("message_vectors")
    responses = dbt.ref("dbt_llm__responses")
    meta = dbt.config.get("meta")
    return dbt_llm.enrich(dbt, session, vectors.project("message_id, body, embedding"), responses, meta)
