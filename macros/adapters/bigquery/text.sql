{# Texts on BigQuery. #}

{# Backslash is an escape in GoogleSQL's literals, and a plain one ends at a line break. #}
{%- macro bigquery__string_literal(text) -%}
    {{ return(
        "'" ~ (text | string | replace('\\', '\\\\') | replace("'", "\\'") | replace('\n', '\\n') | replace('\r', '\\r')) ~ "'"
    ) }}
{%- endmacro -%}

{%- macro bigquery__text_of(expression) -%}
    {{ return('cast(' ~ expression ~ ' as string)') }}
{%- endmacro -%}

{%- macro bigquery__text_length(text_expression) -%}
    {{ return('char_length(' ~ text_expression ~ ')') }}
{%- endmacro -%}

{%- macro bigquery__text_bytes(text_expression) -%}
    {{ return('byte_length(' ~ text_expression ~ ')') }}
{%- endmacro -%}

{%- macro bigquery__text_matches(text_expression, pattern) -%}
    {{ return('regexp_contains(' ~ text_expression ~ ', ' ~ dbt_llm.string_literal(pattern) ~ ')') }}
{%- endmacro -%}

{%- macro bigquery__one_of(text_expression, allowed) -%}
    {{ return('(select label from unnest([' ~ text_expression ~ ']) as label where label in (' ~ dbt_llm._literal_list(allowed) ~ '))') }}
{%- endmacro -%}

{%- macro bigquery__sha256_hex(text_expression) -%}
    {{ return('to_hex(sha256(' ~ text_expression ~ '))') }}
{%- endmacro -%}

{%- macro bigquery__short_hash(text_expression) -%}
    {{ return('farm_fingerprint(' ~ text_expression ~ ')') }}
{%- endmacro -%}

{# A TIMESTAMP is written in UTC, unless @@time_zone or the project's default says otherwise. #}
{%- macro bigquery__session_texts() -%}
    {{ return([{
        'types': ['timestamp'],
        'unless': [],
        'probe': "cast(timestamp '2020-07-01 00:00:00+00' as string)",
        'expected': ['2020-07-01 00:00:00+00'],
        'remedy': "Take the default time zone away, or write the text in the input, as in format_timestamp('%F %T', sent_at, 'UTC') as sent_at",
    }]) }}
{%- endmacro -%}
