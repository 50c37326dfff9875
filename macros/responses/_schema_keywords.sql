{# The JSON Schema keywords that a schema of this type may have: those that are validated, and plain annotations. #}
{%- macro _schema_keywords(type) -%}
    {%- set own = {
        'string': ['enum', 'const', 'minLength', 'maxLength', 'pattern', 'format'],
        'integer': ['enum', 'const', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
        'number': ['enum', 'const', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
        'boolean': ['enum', 'const'],
        'array': ['items', 'minItems', 'maxItems'],
        'object': ['properties', 'required', 'additionalProperties'],
    } -%}
    {{ return(['type', 'nullable', 'title', 'description', 'examples', 'default'] + own[type]) }}
{%- endmacro -%}
