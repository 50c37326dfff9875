{# Why a row is not `succeeded`, as one CASE over the rules of the whole schema; NULL when it is. #}
{%- macro _reason(schema, is_batched=false) -%}
    {%- set rules = [] -%}
    {%- if schema.additionalProperties is defined and not schema.additionalProperties -%}
        {%- do rules.append({
            'broken': dbt_llm.json_has_other_keys('_dbt_llm_json', schema.properties.keys() | list),
            'reason': 'unexpected_property',
        }) -%}
    {%- endif -%}
    {%- for name, member in schema.properties.items() -%}
        {%- do rules.extend(dbt_llm._validation_rules(
            member, dbt_llm._value_column(name), name, required=name in schema.required
        )) -%}
    {%- endfor -%}
case
            when _dbt_llm_prompt is null then 'null_prompt'
            {%- if is_batched %}
            when _dbt_llm_is_pending and _dbt_llm_batch_reason is not null then _dbt_llm_batch_reason
            {%- endif %}
            when _dbt_llm_response_status is null then 'not_requested'
            when _dbt_llm_response_status != 'succeeded' then _dbt_llm_error_class
            when _dbt_llm_json is null or not {{ dbt_llm.json_is('_dbt_llm_json', 'object') }} then 'invalid_json'
            {%- for rule in rules %}
            when {{ rule.broken }} then {{ dbt_llm.string_literal(rule.reason) }}
            {%- endfor %}
        end
{%- endmacro -%}
