{{ config(enabled=target.name in ['databricks', 'snowflake']) }}
select
    message_id,
    {{ dbt_llm.extract(
        'body',
        {'order_id': {'type': 'string', 'description': 'The number of the order'}, 'count': {'type': 'integer', 'minimum': 0, 'nullable': true}, 'kind': {'enum': ['a', none]}},
        instruction="The order, if it's named"
    ) }} as order_json
from {{ source('raw', 'messages') }}
