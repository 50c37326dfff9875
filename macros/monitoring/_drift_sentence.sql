{# What moved from what to what, as SQL text: `has_pii: share of 'true' from 12 % to 47 % …`. #}
{%- macro _drift_sentence(is_share) -%}
    {%- set parts = [
        "coalesce(" ~ dbt_llm.concat_text(['column_name', "': '"]) ~ ", '')",
        "replace(statistic, '_', ' ')",
        "coalesce(" ~ dbt_llm.concat_text(["' of '", 'label']) ~ ", '')",
        "' from '",
        dbt_llm._shown_value('baseline_value', is_share),
        "' to '",
        dbt_llm._shown_value('value', is_share),
        "' ('",
        dbt_llm.text_of('round(abs(z), 1)'),
        "' standard deviations, '",
        dbt_llm.text_of('round(sigmas, 1)'),
        "' as one of '",
        dbt_llm.text_of('compared_statistics'),
        "' statistics; '",
        dbt_llm.text_of('distinct_requests'),
        "' answers against the '",
        dbt_llm.text_of('baseline_runs'),
        "' runs before)'",
    ] -%}
    {{ return(dbt_llm.concat_text(parts)) }}
{%- endmacro -%}
