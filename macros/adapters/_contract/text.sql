{# Texts: literals, casts, lengths, patterns and hashes. #}

{%- macro string_literal(text) -%}
    {{ return(adapter.dispatch('string_literal', 'dbt_llm')(text=text)) }}
{%- endmacro -%}

{%- macro default__string_literal(text) -%}
    {{ return(dbt_llm._refuse_adapter('string_literal')) }}
{%- endmacro -%}

{%- macro text_of(expression) -%}
    {{ return(adapter.dispatch('text_of', 'dbt_llm')(expression=expression)) }}
{%- endmacro -%}

{%- macro default__text_of(expression) -%}
    {{ return(dbt_llm._refuse_adapter('text_of')) }}
{%- endmacro -%}

{%- macro concat_text(expressions) -%}
    {{ return(adapter.dispatch('concat_text', 'dbt_llm')(expressions=expressions)) }}
{%- endmacro -%}

{# `||` is NULL when a part is NULL, which is what makes a NULL column a NULL prompt. #}
{%- macro default__concat_text(expressions) -%}
    {{ return(expressions | join('\n            || ')) }}
{%- endmacro -%}

{%- macro text_length(text_expression) -%}
    {{ return(adapter.dispatch('text_length', 'dbt_llm')(text_expression=text_expression)) }}
{%- endmacro -%}

{%- macro default__text_length(text_expression) -%}
    {{ return(dbt_llm._refuse_adapter('text_length')) }}
{%- endmacro -%}

{%- macro text_bytes(text_expression) -%}
    {{ return(adapter.dispatch('text_bytes', 'dbt_llm')(text_expression=text_expression)) }}
{%- endmacro -%}

{%- macro default__text_bytes(text_expression) -%}
    {{ return('octet_length(' ~ text_expression ~ ')') }}
{%- endmacro -%}

{%- macro text_matches(text_expression, pattern) -%}
    {{ return(adapter.dispatch('text_matches', 'dbt_llm')(text_expression=text_expression, pattern=pattern)) }}
{%- endmacro -%}

{%- macro default__text_matches(text_expression, pattern) -%}
    {{ return(dbt_llm._refuse_adapter('text_matches')) }}
{%- endmacro -%}

{%- macro one_of(text_expression, allowed) -%}
    {{ return(adapter.dispatch('one_of', 'dbt_llm')(text_expression=text_expression, allowed=allowed)) }}
{%- endmacro -%}

{%- macro default__one_of(text_expression, allowed) -%}
    {{ return(dbt_llm._refuse_adapter('one_of')) }}
{%- endmacro -%}

{%- macro sha256_hex(text_expression) -%}
    {{ return(adapter.dispatch('sha256_hex', 'dbt_llm')(text_expression=text_expression)) }}
{%- endmacro -%}

{%- macro default__sha256_hex(text_expression) -%}
    {{ return(dbt_llm._refuse_adapter('sha256_hex')) }}
{%- endmacro -%}

{%- macro short_hash(text_expression) -%}
    {{ return(adapter.dispatch('short_hash', 'dbt_llm')(text_expression=text_expression)) }}
{%- endmacro -%}

{%- macro default__short_hash(text_expression) -%}
    {{ return(dbt_llm._refuse_adapter('short_hash')) }}
{%- endmacro -%}

{%- macro session_texts() -%}
    {{ return(adapter.dispatch('session_texts', 'dbt_llm')()) }}
{%- endmacro -%}

{# No setting of the session decides how a value is written. #}
{%- macro default__session_texts() -%}
    {{ return([]) }}
{%- endmacro -%}
