{# What is told to the language model of an answer that validation refused: the reason in words, and what was expected. #}

{# The words for each reason that this schema's validation gives, as SQL. #}
{%- macro _complaint(schema) -%}
    {%- set cases = [] -%}
    {%- for reason in ['invalid_json', 'truncated', 'unexpected_property'] -%}
        {%- do cases.append('when ' ~ dbt_llm.string_literal(reason) ~ ' then ' ~ dbt_llm.string_literal(dbt_llm._reason_in_words(reason))) -%}
    {%- endfor -%}
    {%- for name, member in schema.properties.items() -%}
        {%- set expected = " Expected of '" ~ name ~ "': " ~ dbt_llm._canonical_json(member, keep_order=true) -%}
        {%- for reason in dbt_llm._validation_rules(member, 'value', name) | map(attribute='reason') | unique -%}
            {%- do cases.append(
                'when ' ~ dbt_llm.string_literal(reason) ~ ' then ' ~ dbt_llm.string_literal(dbt_llm._reason_in_words(reason) ~ expected)
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return('case _dbt_llm_reason\n            ' ~ (cases | join('\n            ')) ~ '\n            else '
        ~ dbt_llm.string_literal('it does not meet the response format.') ~ '\n        end') }}
{%- endmacro -%}

{# A reason as a sentence. #}
{%- macro _reason_in_words(reason) -%}
    {%- set words = {
        'invalid_json': 'it is not one JSON object.',
        'truncated': 'it was too long, and was cut off before its end. Be brief.',
        'unexpected_property': 'it has a property that is not asked for',
        'missing': 'a property is missing',
        'wrong_type': 'a value is of the wrong type',
        'not_in_enum': 'a value is none of those allowed',
        'not_const': 'a value is not the one allowed',
        'out_of_range': 'a number is out of range',
        'wrong_length': 'a text or a list is too short or too long',
        'no_match': 'a text does not match its pattern',
        'wrong_format': 'a text is not of its format, or no such date exists',
    } -%}
    {%- set kind = reason.split(':')[0] -%}
    {%- set path = reason[(kind | length) + 1:] -%}
    {{ return(words[kind] ~ (", at '" ~ path ~ "'." if path else ('.' if words[kind][-1:] != '.' else ''))) }}
{%- endmacro -%}
