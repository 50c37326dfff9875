{# Its version by name, because documents differ on the default; from 2.0 on it answers a VARIANT. #}
{%- macro databricks__classify_expression(text, labels, instruction) -%}
    {%- set options = ['version', '2.0'] + (['instructions', instruction] if instruction else []) -%}
    {{ return(
        'try_variant_get(\n        ai_classify(\n            ' ~ dbt_llm.text_of(text) ~ ',\n            '
        ~ dbt_llm.string_literal(dbt_llm._canonical_json(labels)) ~ ',\n            map(' ~ dbt_llm._literal_list(options)
        ~ ")\n        ),\n        '$.response[0]', 'string'\n    )"
    ) }}
{%- endmacro -%}
