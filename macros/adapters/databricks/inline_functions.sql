{# Inline calls on Databricks: ai_query, ai_classify and ai_extract. #}

{%- macro databricks__complete_expression(prompt_expression, task) -%}
    {{ return(dbt_llm._answer_of_one_call(dbt_llm._ai_query(prompt_expression, task))) }}
{%- endmacro -%}

{# The answer under either of its names. A lambda names the struct, for to write the call twice would be to pay twice. #}
{%- macro _answer_of_one_call(call) -%}
    {{ return('get(transform(array(to_json(' ~ call ~ ')), response -> ' ~ dbt_llm._ai_query_answer('response') ~ '), 0)') }}
{%- endmacro -%}

{# Its version by name, because documents differ on the default; from 2.0 on it answers a VARIANT. #}
{%- macro databricks__classify_expression(text, labels, instruction) -%}
    {%- set options = ['version', '2.0'] + (['instructions', instruction] if instruction else []) -%}
    {{ return(
        'try_variant_get(\n        ai_classify(\n            ' ~ dbt_llm.text_of(text) ~ ',\n            '
        ~ dbt_llm.string_literal(dbt_llm._canonical_json(labels)) ~ ',\n            map(' ~ dbt_llm._literal_list(options)
        ~ ")\n        ),\n        '$.response[0]', 'string'\n    )"
    ) }}
{%- endmacro -%}

{# Its version by name, because documents differ on the default; from 2.0 on it answers a VARIANT. #}
{%- macro databricks__extract_expression(text, schema, instruction) -%}
    {%- set options = ['version', '2.1'] + (['instructions', instruction] if instruction else []) -%}
    {{ return(
        'to_json(try_variant_get(\n        ai_extract(\n            ' ~ dbt_llm.text_of(text) ~ ',\n            '
        ~ dbt_llm.string_literal(dbt_llm._canonical_json(dbt_llm._bare_schema(schema).properties, keep_order=true)) ~ ',\n            map('
        ~ dbt_llm._literal_list(options) ~ ")\n        ),\n        '$.response', 'variant'\n    ))"
    ) }}
{%- endmacro -%}

{%- macro databricks__embed_expression(text, endpoint) -%}
    {%- set call = 'ai_query(\n        ' ~ dbt_llm.string_literal(endpoint.model_name) ~ ',\n        ' ~ dbt_llm.text_of(text)
        ~ ',\n        failOnError => false\n    )' -%}
    {{ return('from_json(' ~ dbt_llm._answer_of_one_call(call) ~ ", 'array<float>')") }}
{%- endmacro -%}
