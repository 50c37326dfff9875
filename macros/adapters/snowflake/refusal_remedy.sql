{%- macro snowflake__refusal_remedy(endpoint) -%}
    {{ return(
        "check that the role has SNOWFLAKE.CORTEX_USER, and that the model is served in this region or "
        ~ "CORTEX_ENABLED_CROSS_REGION allows another; on an account before bundle 2026_02 an argument "
        ~ "return_error_details is not known: ask the account's administrator to enable the bundle"
    ) }}
{%- endmacro -%}
