{# Operations on Snowflake: rights, tokens by AI_COUNT_TOKENS, and the usage view of the account. #}

{%- macro snowflake__refusal_remedy(endpoint) -%}
    {{ return(
        "check that the role has SNOWFLAKE.CORTEX_USER, and that the model is served in this region or "
        ~ "CORTEX_ENABLED_CROSS_REGION allows another; if it says that details of errors are not allowed, the account is before "
        ~ "bundle 2026_02: set `before_bundle_2026_02: true` on the endpoint"
    ) }}
{%- endmacro -%}

{%- macro snowflake__version_query() -%}
    {{ return('select current_version()') }}
{%- endmacro -%}

{#
    Billed as compute, not by tokens. It knows Snowflake's own and the open models, but not Claude, Gemini and GPT.
    https://docs.snowflake.com/en/sql-reference/functions/ai_count_tokens (2026-09)
#}
{%- macro snowflake__count_tokens_expression(prompt_expression, endpoint) -%}
    {%- for family in ['claude', 'gemini', 'openai'] if endpoint.model_name[:(family | length)] == family -%}
        {{ return(none) }}
    {%- endfor -%}
    {{ return(
        "ai_count_tokens('ai_complete', " ~ dbt_llm.string_literal(endpoint.model_name) ~ ', ' ~ prompt_expression ~ ')'
    ) }}
{%- endmacro -%}

{#
    By the query tag that before_calls() sets. An hour's usage is a row, complete after some hours.
    https://docs.snowflake.com/en/sql-reference/account-usage/cortex_ai_functions_usage_history (2026-11)
#}
{%- macro snowflake__usage_actuals_query(options) -%}
with

tagged as (
    select
        start_time,
        query_id,
        model_name,
        credits,
        metrics,
        try_parse_json(query_tag) as tag
    from snowflake.account_usage.cortex_ai_functions_usage_history
    where contains(query_tag, 'dbt_llm_task')
),

counted as (
    select
        tagged.start_time,
        tagged.query_id,
        tagged.model_name,
        sum(case when metric.value:key:metric = 'input' then metric.value:value end) as input_tokens,
        sum(case when metric.value:key:metric = 'output' then metric.value:value end) as output_tokens
    from tagged,
        lateral flatten(input => tagged.metrics) as metric
    where metric.value:key:unit = 'tokens'
    group by tagged.start_time, tagged.query_id, tagged.model_name
)

select
    cast(convert_timezone('UTC', tagged.start_time) as date) as usage_date,
    cast(tagged.tag:dbt_llm_task as varchar) as task,
    cast(tagged.tag:dbt_llm_prompt_version as varchar) as prompt_version,
    cast(tagged.tag:invocation_id as varchar) as invocation_id,
    tagged.model_name,
    tagged.query_id,
    cast(counted.input_tokens as bigint) as input_tokens,
    cast(counted.output_tokens as bigint) as output_tokens,
    cast(tagged.credits as float) as quantity,
    'AI credits' as unit,
    cast(tagged.credits as float) * {{ options.usd_per_ai_credit }} as cost_usd
from tagged
left join counted
    on tagged.start_time = counted.start_time
    and tagged.query_id = counted.query_id
    and tagged.model_name = counted.model_name
{%- endmacro -%}
