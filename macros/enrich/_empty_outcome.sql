{# The outcome of a run before its first call, with this many requests left pending. #}
{%- macro _empty_outcome(left) -%}
    {{ return({
        'sent': 0, 'calls': 0, 'succeeded': 0, 'failed': 0, 'left': left, 'throttled': 0,
        'input_tokens': 0, 'output_tokens': 0, 'cost_usd': none, 'stopped': none, 'message': none,
    }) }}
{%- endmacro -%}
