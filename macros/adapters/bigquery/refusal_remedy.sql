{%- macro bigquery__refusal_remedy(endpoint) -%}
    {{ return(
        'run `dbt run-operation dbt_llm.create_endpoints` where the remote model ' ~ endpoint.model ~ ' is missing, and give its '
        ~ "connection's service account the role roles/aiplatform.user"
    ) }}
{%- endmacro -%}
