{# Its version by name, because documents differ on the default; from 2.0 on it answers a VARIANT. #}
{%- macro databricks__extract_expression(text, schema, instruction) -%}
    {%- set options = ['version', '2.1'] + (['instructions', instruction] if instruction else []) -%}
    {{ return(
        'to_json(try_variant_get(\n        ai_extract(\n            ' ~ dbt_llm.text_of(text) ~ ',\n            '
        ~ dbt_llm.string_literal(dbt_llm._canonical_json(dbt_llm._bare_schema(schema).properties, keep_order=true)) ~ ',\n            map('
        ~ dbt_llm._literal_list(options) ~ ")\n        ),\n        '$.response', 'variant'\n    ))"
    ) }}
{%- endmacro -%}
