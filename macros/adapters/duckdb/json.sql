{# JSON on DuckDB, by its json functions and list lambdas. #}

{%- macro duckdb__parse_json(text_expression) -%}
    {{ return('try_cast(' ~ text_expression ~ ' as json)') }}
{%- endmacro -%}

{# JSON Schema's types: 1.0 is an integer there, so a double without a fraction is one here. #}
{%- macro duckdb__json_is(json_expression, json_type) -%}
    {%- set type = 'json_type(' ~ json_expression ~ ')' -%}
    {%- if json_type == 'integer' -%}
        {%- set number = dbt_llm.json_number(json_expression) -%}
        {{ return(
            '(' ~ type ~ " in ('BIGINT', 'UBIGINT', 'HUGEINT') or ("
            ~ type ~ " = 'DOUBLE' and " ~ number ~ ' = trunc(' ~ number ~ ')))'
        ) }}
    {%- elif json_type == 'float' -%}
        {# More than 64 bits of digits are a DOUBLE too, with their digits. #}
        {{ return('(' ~ type ~ " = 'DOUBLE' and not " ~ dbt_llm.text_matches(dbt_llm.json_text(json_expression), '^-?[0-9]+$') ~ ')') }}
    {%- elif json_type == 'number' -%}
        {{ return(type ~ " in ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE')") }}
    {%- endif -%}
    {%- set names = {'string': 'VARCHAR', 'boolean': 'BOOLEAN', 'array': 'ARRAY', 'object': 'OBJECT', 'null': 'NULL'} -%}
    {{ return(type ~ " = '" ~ names[json_type] ~ "'") }}
{%- endmacro -%}

{%- macro duckdb__json_member(json_expression, name) -%}
    {%- set path = '$."' ~ (name | replace('"', '\\"')) ~ '"' -%}
    {{ return('json_extract(' ~ json_expression ~ ', ' ~ dbt_llm.string_literal(path) ~ ')') }}
{%- endmacro -%}

{%- macro duckdb__json_text(json_expression) -%}
    {{ return("json_extract_string(" ~ json_expression ~ ", '$')") }}
{%- endmacro -%}

{%- macro duckdb__json_number(json_expression) -%}
    {{ return('try_cast(' ~ dbt_llm.json_text(json_expression) ~ ' as double)') }}
{%- endmacro -%}

{%- macro duckdb__json_document(json_expression) -%}
    {{ return('cast(' ~ json_expression ~ ' as varchar)') }}
{%- endmacro -%}

{%- macro duckdb__json_array_length(json_expression) -%}
    {{ return('json_array_length(' ~ json_expression ~ ')') }}
{%- endmacro -%}

{%- macro duckdb__json_any_element(json_expression, element, condition) -%}
    {{ return(
        "len(list_filter(json_extract(" ~ json_expression ~ ", '$[*]'), lambda " ~ element ~ ": " ~ condition ~ ')) > 0'
    ) }}
{%- endmacro -%}

{%- macro duckdb__json_has_other_keys(json_expression, names) -%}
    {{ return(
        'len(list_filter(json_keys(' ~ json_expression ~ '), lambda k: k not in (' ~ dbt_llm._literal_list(names) ~ '))) > 0'
    ) }}
{%- endmacro -%}

{%- macro duckdb__json_set_size(json_expression) -%}
    {{ return('len(list_distinct(json_extract_string(' ~ json_expression ~ ", '$[*]')))") }}
{%- endmacro -%}

{%- macro duckdb__json_common_size(json_expression, other) -%}
    {{ return("len(list_intersect(json_extract_string(" ~ json_expression ~ ", '$[*]'), json_extract_string(" ~ other ~ ", '$[*]')))") }}
{%- endmacro -%}

{%- macro duckdb__json_of(expression) -%}
    {{ return('to_json(' ~ expression ~ ')') }}
{%- endmacro -%}

{%- macro duckdb__json_object_text(members) -%}
    {%- set parts = [] -%}
    {%- for name, expression in members.items() -%}
        {%- do parts.append(dbt_llm.string_literal(name) ~ ', ' ~ expression) -%}
    {%- endfor -%}
    {{ return('cast(json_object(' ~ (parts | join(', ')) ~ ') as varchar)') }}
{%- endmacro -%}
