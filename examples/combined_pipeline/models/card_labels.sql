{{ config(materialized='table') }}
select
    message_id,
    has_card
from {{ source('made', 'labels') }}
