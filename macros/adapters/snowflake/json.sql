{# JSON on Snowflake: variants. #}

{%- macro snowflake__parse_json(text_expression) -%}
    {{ return('try_parse_json(' ~ text_expression ~ ')') }}
{%- endmacro -%}

{# JSON Schema's types: 1.0 is an integer there, so a number without a fraction is one here. #}
{%- macro snowflake__json_is(json_expression, json_type) -%}
    {%- set type = 'typeof(' ~ json_expression ~ ')' -%}
    {%- if json_type == 'integer' -%}
        {%- set number = dbt_llm.json_number(json_expression) -%}
        {{ return(
            '(' ~ type ~ " = 'INTEGER' or (" ~ type ~ " in ('DECIMAL', 'DOUBLE') and " ~ number ~ ' = trunc(' ~ number ~ ')))'
        ) }}
    {%- elif json_type == 'float' -%}
        {{ return(type ~ " in ('DECIMAL', 'DOUBLE')") }}
    {%- elif json_type == 'number' -%}
        {{ return(type ~ " in ('INTEGER', 'DECIMAL', 'DOUBLE')") }}
    {%- endif -%}
    {%- set names = {'string': 'VARCHAR', 'boolean': 'BOOLEAN', 'array': 'ARRAY', 'object': 'OBJECT', 'null': 'NULL_VALUE'} -%}
    {{ return(type ~ " = '" ~ names[json_type] ~ "'") }}
{%- endmacro -%}

{%- macro snowflake__json_member(json_expression, name) -%}
    {{ return('get(' ~ json_expression ~ ', ' ~ dbt_llm.string_literal(name) ~ ')') }}
{%- endmacro -%}

{%- macro snowflake__json_text(json_expression) -%}
    {{ return('cast(' ~ json_expression ~ ' as varchar)') }}
{%- endmacro -%}

{%- macro snowflake__json_number(json_expression) -%}
    {{ return('try_to_double(' ~ dbt_llm.json_text(json_expression) ~ ')') }}
{%- endmacro -%}

{%- macro snowflake__json_document(json_expression) -%}
    {{ return('to_json(' ~ json_expression ~ ')') }}
{%- endmacro -%}

{%- macro snowflake__json_array_length(json_expression) -%}
    {{ return('array_size(' ~ json_expression ~ ')') }}
{%- endmacro -%}

{%- macro snowflake__json_any_element(json_expression, element, condition) -%}
    {{ return('array_size(filter(as_array(' ~ json_expression ~ '), ' ~ element ~ ' -> ' ~ condition ~ ')) > 0') }}
{%- endmacro -%}

{%- macro snowflake__json_has_other_keys(json_expression, names) -%}
    {{ return(
        'array_size(array_except(object_keys(as_object(' ~ json_expression ~ ')), array_construct(' ~ dbt_llm._literal_list(names) ~ '))) > 0'
    ) }}
{%- endmacro -%}

{%- macro snowflake__json_set_size(json_expression) -%}
    {{ return('array_size(array_distinct(as_array(' ~ json_expression ~ ')))') }}
{%- endmacro -%}

{%- macro snowflake__json_common_size(json_expression, other) -%}
    {{ return('array_size(array_intersection(array_distinct(as_array(' ~ json_expression ~ ')), array_distinct(as_array(' ~ other ~ '))))') }}
{%- endmacro -%}

{%- macro snowflake__json_of(expression) -%}
    {{ return('to_variant(' ~ expression ~ ')') }}
{%- endmacro -%}

{%- macro snowflake__json_object_text(members) -%}
    {%- set parts = [] -%}
    {%- for name, expression in members.items() -%}
        {%- do parts.append(dbt_llm.string_literal(name) ~ ', ' ~ expression) -%}
    {%- endfor -%}
    {{ return('to_json(object_construct_keep_null(' ~ (parts | join(', ')) ~ '))') }}
{%- endmacro -%}
