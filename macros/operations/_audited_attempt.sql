{# An attempt as pairs of a name and what is known of it; what is not known is left out. #}
{%- macro _audited_attempt(row) -%}
    {%- set pairs = {
        'asked by': 'invocation ' ~ row.invocation_id ~ ' for task ' ~ row.task ~ (', started ' ~ row.started_at ~ ' UTC' if row.started_at else ''),
        'asked': row.model_name ~ ', prompt version ' ~ row.prompt_version,
        'through': row.engine ~ (', endpoint ' ~ row.endpoint if row.endpoint else '') ~ (', batch ' ~ row.batch_id if row.batch_id else ''),
        'served by': row.response_model,
        'sent': (row.requested_at ~ ' UTC') if row.requested_at else none,
        'took': (row.latency_ms ~ ' ms') if row.latency_ms is not none else none,
        'tokens': (row.input_tokens ~ ' in, ' ~ row.output_tokens ~ ' out') if row.input_tokens is not none else none,
        'cost': (dbt_llm._usd(row.cost_usd | float) ~ ' USD') if row.cost_usd is not none else none,
        'error': (row.error_class ~ (': ' ~ row.error_message if row.error_message else '')) if row.error_class else none,
        'ended by': row.finish_reason,
        'came back': row.completion,
    } -%}
    {%- set rows = [] -%}
    {%- for name, value in pairs.items() if value -%}
        {%- do rows.append(['  ' ~ name, value]) -%}
    {%- endfor -%}
    {{ return(rows) }}
{%- endmacro -%}
