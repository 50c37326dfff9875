{#
    A query that numbers the requests of `source` from 1 in the order of their keys. A window over all of them would be one
    task of a cluster; so one counts by the keys' first digits, which are even, and each share is numbered by itself.
#}
{%- macro _numbered_requests(source) -%}
llm_shares as (
    select
        substr(request_key, 1, 3) as share,
        count(*) as requests
    from {{ source }}
    group by substr(request_key, 1, 3)
),

llm_places as (
    select
        share,
        sum(requests) over (order by share) - requests as before
    from llm_shares
)

select
    llm_places.before + row_number() over (partition by llm_places.share order by {{ source }}.request_key) as n,
    {{ source }}.request_key,
    {{ source }}.prompt,
    {{ source }}.attempt
from {{ source }}
inner join llm_places on substr({{ source }}.request_key, 1, 3) = llm_places.share
{%- endmacro -%}
