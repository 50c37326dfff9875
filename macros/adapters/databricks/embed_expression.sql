{%- macro databricks__embed_expression(text, endpoint) -%}
    {{ return(
        'ai_query(\n        ' ~ dbt_llm.string_literal(endpoint.model_name) ~ ',\n        ' ~ dbt_llm.text_of(text)
        ~ ',\n        failOnError => false\n    ).result'
    ) }}
{%- endmacro -%}
