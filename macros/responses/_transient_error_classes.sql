{# Failures that a later run may try again, up to max_attempts; all others are final at once. #}
{%- macro _transient_error_classes() -%}
    {{ return(['throttled', 'provider_error', 'timeout', 'connection_error']) }}
{%- endmacro -%}
