{# Texts on Snowflake, and literals of its semi-structured types. #}

{# Backslash is an escape in Snowflake's literals; a line break stands for itself. #}
{%- macro snowflake__string_literal(text) -%}
    {{ return("'" ~ (text | string | replace('\\', '\\\\') | replace("'", "''")) ~ "'") }}
{%- endmacro -%}

{%- macro snowflake__text_of(expression) -%}
    {{ return('cast(' ~ expression ~ ' as varchar)') }}
{%- endmacro -%}

{%- macro snowflake__text_length(text_expression) -%}
    {{ return('length(' ~ text_expression ~ ')') }}
{%- endmacro -%}

{# regexp_like would ask that the whole text matches. #}
{%- macro snowflake__text_matches(text_expression, pattern) -%}
    {{ return('(regexp_instr(' ~ text_expression ~ ', ' ~ dbt_llm.string_literal(pattern) ~ ') > 0)') }}
{%- endmacro -%}

{%- macro snowflake__one_of(text_expression, allowed) -%}
    {{ return('cast(get(filter([' ~ text_expression ~ '], label -> cast(label as varchar) in (' ~ dbt_llm._literal_list(allowed) ~ ')), 0) as varchar)') }}
{%- endmacro -%}

{%- macro snowflake__sha256_hex(text_expression) -%}
    {{ return('sha2(' ~ text_expression ~ ', 256)') }}
{%- endmacro -%}

{%- macro snowflake__short_hash(text_expression) -%}
    {{ return('hash(' ~ text_expression ~ ')') }}
{%- endmacro -%}

{# A value as a constant of Snowflake's semi-structured types: AI_COMPLETE takes OBJECT literals, not texts. #}
{%- macro _snowflake_literal(value) -%}
    {%- if value is mapping -%}
        {%- set members = [] -%}
        {%- for key, member in value.items() -%}
            {%- do members.append(dbt_llm.string_literal(key) ~ ': ' ~ dbt_llm._snowflake_literal(member)) -%}
        {%- endfor -%}
        {{ return('{' ~ (members | join(', ')) ~ '}') }}
    {%- elif value is string -%}
        {{ return(dbt_llm.string_literal(value)) }}
    {%- elif value is none -%}
        {{ return('null') }}
    {%- elif value is boolean -%}
        {{ return('true' if value else 'false') }}
    {%- elif value is number -%}
        {{ return(value | string) }}
    {%- endif -%}
    {%- set items = [] -%}
    {%- for item in value -%}
        {%- do items.append(dbt_llm._snowflake_literal(item)) -%}
    {%- endfor -%}
    {{ return('[' ~ (items | join(', ')) ~ ']') }}
{%- endmacro -%}

{#
    Dates and times are written as parameters of the session say, and those of the session's time zone in that zone. The
    stand-in writes no fractions.
#}
{%- macro snowflake__session_texts() -%}
    {%- set remedy = "Set the parameters TIMEZONE to 'UTC' and %_OUTPUT_FORMAT to their defaults, or write the text in the input, as in "
        ~ "to_char(sent_at, 'YYYY-MM-DD HH24:MI:SS') as sent_at" -%}
    {%- set moment = "to_timestamp_ntz('2020-07-01 00:00:00', 'YYYY-MM-DD HH24:MI:SS')" -%}
    {{ return([
        {'types': ['date'], 'unless': [], 'probe': 'cast(to_date(' ~ moment ~ ') as varchar)', 'expected': ['2020-07-01'], 'remedy': remedy},
        {'types': ['timestamp_ntz'], 'unless': [], 'probe': 'cast(' ~ moment ~ ' as varchar)',
            'expected': ['2020-07-01 00:00:00.000', '2020-07-01 00:00:00'], 'remedy': remedy},
        {'types': ['timestamp_ltz', 'tz=ltz', 'timestamp_tz', 'tz=tz'], 'unless': [], 'probe': 'cast(to_timestamp_ltz(1593561600) as varchar)',
            'expected': ['2020-07-01 00:00:00.000 +0000', '2020-07-01 00:00:00.000 Z', '2020-07-01 00:00:00+00'], 'remedy': remedy},
    ]) }}
{%- endmacro -%}
