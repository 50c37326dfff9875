{%- macro snowflake__refusal_remedy(endpoint) -%}
    {{ return(
        "check that the role has SNOWFLAKE.CORTEX_USER, and that the model is served in this region or "
        ~ "CORTEX_ENABLED_CROSS_REGION allows another; if it says that details of errors are not allowed, the account is before "
        ~ "bundle 2026_02: set `before_bundle_2026_02: true` on the endpoint"
    ) }}
{%- endmacro -%}
