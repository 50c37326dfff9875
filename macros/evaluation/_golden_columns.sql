{# The columns of a golden model's table. #}
{%- macro _golden_columns() -%}
    {{ return([
        'task', 'candidate', 'model_name', 'golden_key', 'golden_source', 'column_name', 'kind', 'expected', 'answered',
        'is_correct', 'deviation', 'expected_size', 'answered_size', 'common_size', 'llm_status', 'llm_reason',
        'llm_request_key', 'llm_prompt_version',
    ]) }}
{%- endmacro -%}
