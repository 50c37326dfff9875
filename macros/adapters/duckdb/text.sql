{# Texts on DuckDB, whose literals know one escape. #}

{# DuckDB's plain literals know one escape: the doubled quote. Backslashes and line breaks stand for themselves. #}
{%- macro duckdb__string_literal(text) -%}
    {{ return("'" ~ (text | string | replace("'", "''")) ~ "'") }}
{%- endmacro -%}

{%- macro duckdb__text_of(expression) -%}
    {{ return('cast(' ~ expression ~ ' as varchar)') }}
{%- endmacro -%}

{%- macro duckdb__text_length(text_expression) -%}
    {{ return('length(' ~ text_expression ~ ')') }}
{%- endmacro -%}

{%- macro duckdb__text_bytes(text_expression) -%}
    {{ return('strlen(' ~ text_expression ~ ')') }}
{%- endmacro -%}

{%- macro duckdb__text_matches(text_expression, pattern) -%}
    {{ return('regexp_matches(' ~ text_expression ~ ', ' ~ dbt_llm.string_literal(pattern) ~ ')') }}
{%- endmacro -%}

{%- macro duckdb__one_of(text_expression, allowed) -%}
    {{ return('list_filter([' ~ text_expression ~ '], lambda label: label in (' ~ dbt_llm._literal_list(allowed) ~ '))[1]') }}
{%- endmacro -%}

{%- macro duckdb__sha256_hex(text_expression) -%}
    {{ return('sha256(' ~ text_expression ~ ')') }}
{%- endmacro -%}

{%- macro duckdb__short_hash(text_expression) -%}
    {{ return('hash(' ~ text_expression ~ ')') }}
{%- endmacro -%}

{# A timestamp with a time zone is written in the session's: on a laptop another text, and so another request, than in CI. #}
{%- macro duckdb__session_texts() -%}
    {{ return([{
        'types': ['with time zone', 'timestamptz'],
        'unless': [],
        'probe': "cast(timestamptz '2020-07-01 00:00:00+00' as varchar)",
        'expected': ['2020-07-01 00:00:00+00'],
        'remedy': "Set `settings: {TimeZone: UTC}` in the profile's target, or write the text in the input, as in "
            ~ "strftime(timezone('UTC', sent_at), '%Y-%m-%d %H:%M:%S') as sent_at",
    }]) }}
{%- endmacro -%}
