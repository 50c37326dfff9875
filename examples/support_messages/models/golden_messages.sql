select
    message_id,
    body,
    has_pii as expected_has_pii,
    -- Of an array, the JSON is expected.
    case
        when pii_types is null then '[]'
        else '["' || replace(pii_types, '|', '","') || '"]'
    end as expected_pii_types,
    topic as expected_topic
from {{ ref('golden_support_messages') }}
