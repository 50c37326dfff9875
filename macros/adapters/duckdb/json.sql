{# JSON on DuckDB, by its json functions and list lambdas. #}

{%- macro duckdb__parse_json(text_expression) -%}
    {{ return('try_cast(' ~ text_expression ~ ' as json)') }}
{%- endmacro -%}

{# JSON Schema's types: 1.0 is an integer there, so a double without a fraction is one here. #}
{%- macro duckdb__json_is(json_expression, json_type) -%}
    {%- set type = dbt_llm._json_facet(json_expression, 'type') -%}
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
    {{ return('json_extract(' ~ json_expression ~ ', ' ~ dbt_llm._member_path(name) ~ ')') }}
{%- endmacro -%}

{# JSON is text here: with a list of paths it is read once, and not once for each. #}
{%- macro duckdb__json_members(json_expression, names, column) -%}
    {%- set paths = [] -%}
    {%- set each = {} -%}
    {%- for name in names -%}
        {%- do paths.append(dbt_llm._member_path(name)) -%}
        {%- do each.update({name: column ~ '[' ~ loop.index ~ ']'}) -%}
    {%- endfor -%}
    {{ return({'all': 'json_extract(' ~ json_expression ~ ', [' ~ (paths | join(', ')) ~ '])', 'each': each}) }}
{%- endmacro -%}

{# The path of a member, as a literal. #}
{%- macro _member_path(name) -%}
    {{ return(dbt_llm.string_literal('$."' ~ (name | replace('"', '\\"')) ~ '"')) }}
{%- endmacro -%}

{# Nothing is shared between the branches of a CASE, so each rule would read the value again. #}
{%- macro duckdb__json_facets(json_expression) -%}
    {{ return({'type': 'json_type(' ~ json_expression ~ ')', 'text': 'json_extract_string(' ~ json_expression ~ ", '$')"}) }}
{%- endmacro -%}

{#
    A facet of a JSON value: the column that stands beside a property's, as _facet_columns names both, or worked out of any other
    expression. Asked for each rule, so it calls no macro for what it can cut.
#}
{%- macro _json_facet(json_expression, facet) -%}
    {%- if json_expression[:15] == '_dbt_llm_value_' -%}
        {{ return('_dbt_llm_' ~ facet ~ '_' ~ json_expression[15:]) }}
    {%- endif -%}
    {{ return(dbt_llm.json_facets(json_expression)[facet]) }}
{%- endmacro -%}

{%- macro duckdb__json_text(json_expression) -%}
    {{ return(dbt_llm._json_facet(json_expression, 'text')) }}
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

{#
    A condition on nothing but the elements' types, or their texts, is asked of a list of those, so that no element is a JSON text to be
    read again. One that names the element otherwise, be it in a literal, takes the long way.
#}
{%- macro duckdb__json_any_element(json_expression, element, condition) -%}
    {%- set ns = namespace(elements='json_extract(' ~ json_expression ~ ", '$[*]')", condition=condition) -%}
    {%- for facet, function in {'type': 'json_type', 'text': 'json_extract_string'}.items() -%}
        {%- set read = dbt_llm.json_facets(element)[facet] -%}
        {%- if read in condition and element not in condition | replace(read, '') -%}
            {%- set ns.elements = function ~ '(' ~ json_expression ~ ", '$[*]')" -%}
            {%- set ns.condition = condition | replace(read, element) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return('len(list_filter(' ~ ns.elements ~ ', lambda ' ~ element ~ ': ' ~ ns.condition ~ ')) > 0') }}
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
