{# Texts on Databricks, and literals of its structs and arrays. #}

{#
    Backslash is an escape in Spark's literals; a line break stands for itself. `${name}` would be a variable's value, put
    in before the statement is parsed, even within a literal (spark.sql.variable.substitute, on by default).
#}
{%- macro databricks__string_literal(text) -%}
    {{ return("'" ~ (text | string | replace('\\', '\\\\') | replace("'", "\\'") | replace('${', '\\u0024{')) ~ "'") }}
{%- endmacro -%}

{%- macro databricks__text_of(expression) -%}
    {{ return('cast(' ~ expression ~ ' as string)') }}
{%- endmacro -%}

{%- macro databricks__text_length(text_expression) -%}
    {{ return('char_length(' ~ text_expression ~ ')') }}
{%- endmacro -%}

{#
    Patterns are RE2's elsewhere. Java's `$` also matches before a last line break, its `.` stops at more than line feeds, and
    its `\s` knows one character more.
#}
{%- macro databricks__text_matches(text_expression, pattern) -%}
    {%- set alone = {'$': '\\z', '.': '[^\\n]', '\\s': '[ \\t\\n\\r\\f]', '\\S': '[\\S\\x0B]'} -%}
    {%- set in_class = {'\\s': ' \\t\\n\\r\\f', '\\S': '\\S\\x0B'} -%}
    {%- set java = [] -%}
    {%- for part in dbt_llm._pattern_parts(pattern) -%}
        {%- do java.append((in_class if part.in_class else alone).get(part.text, part.text)) -%}
    {%- endfor -%}
    {{ return('regexp_like(' ~ text_expression ~ ', ' ~ dbt_llm.string_literal(java | join) ~ ')') }}
{%- endmacro -%}

{%- macro databricks__one_of(text_expression, allowed) -%}
    {{ return('get(filter(array(' ~ text_expression ~ '), label -> label in (' ~ dbt_llm._literal_list(allowed) ~ ')), 0)') }}
{%- endmacro -%}

{%- macro databricks__sha256_hex(text_expression) -%}
    {{ return('sha2(' ~ text_expression ~ ', 256)') }}
{%- endmacro -%}

{%- macro databricks__short_hash(text_expression) -%}
    {{ return('xxhash64(' ~ text_expression ~ ')') }}
{%- endmacro -%}

{# A value as a constant of Spark's nested types, as modelParameters takes them. #}
{%- macro _databricks_literal(value) -%}
    {%- if value is mapping -%}
        {%- set members = [] -%}
        {%- for key, member in value.items() -%}
            {%- do members.append(dbt_llm.string_literal(key) ~ ', ' ~ dbt_llm._databricks_literal(member)) -%}
        {%- endfor -%}
        {{ return('named_struct(' ~ (members | join(', ')) ~ ')') }}
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
        {%- do items.append(dbt_llm._databricks_literal(item)) -%}
    {%- endfor -%}
    {{ return('array(' ~ (items | join(', ')) ~ ')') }}
{%- endmacro -%}

{# A timestamp is written in the session's time zone; one without a zone is not. #}
{%- macro databricks__session_texts() -%}
    {{ return([{
        'types': ['timestamp'],
        'unless': ['timestamp_ntz'],
        'probe': "cast(timestamp '2020-07-01T00:00:00Z' as string)",
        'expected': ['2020-07-01 00:00:00'],
        'remedy': "Set the session's time zone to UTC, or write the text in the input, as in "
            ~ "date_format(to_utc_timestamp(sent_at, current_timezone()), 'yyyy-MM-dd HH:mm:ss') as sent_at",
    }]) }}
{%- endmacro -%}
