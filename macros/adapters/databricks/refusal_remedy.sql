{%- macro databricks__refusal_remedy(endpoint) -%}
    {{ return(
        "check that the endpoint's name is that of a serving endpoint in this workspace, that you CAN QUERY it, and that the "
        ~ "target is a serverless SQL warehouse, or a cluster of Databricks Runtime 15.4 or later"
    ) }}
{%- endmacro -%}
