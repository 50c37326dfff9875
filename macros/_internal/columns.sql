{# Names of columns: a relation's, which may stand unquoted, the unique key's, and those of a property's JSON value. #}

{# ASCII letter or underscore, then letters, digits, underscores. #}
{%- macro _is_identifier(name) -%}
    {%- set letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_' -%}
    {{ return(name != '' and name[:1] in letters and name.strip(letters ~ '0123456789') == '') }}
{%- endmacro -%}

{# The columns of a relation, in lower case. #}
{%- macro _column_names(relation) -%}
    {{ return(adapter.get_columns_in_relation(relation) | map(attribute='name') | map('lower') | list) }}
{%- endmacro -%}

{# The unique_key of the model's config, as a list. #}
{%- macro _unique_key_columns() -%}
    {%- set unique_key = config.get('unique_key') -%}
    {{ return([unique_key] if unique_key is string else (unique_key or [])) }}
{%- endmacro -%}

{# The intermediate column that holds the JSON value of a property. A property's name is an identifier (_property_name_faults). #}
{%- macro _value_column(name) -%}
    {{ return('_dbt_llm_value_' ~ name) }}
{%- endmacro -%}

{# Those beside it that hold the facets of the values (json_facets): {column: SQL of the value's column}, empty where the engine asks for none. #}
{%- macro _facet_columns(schema) -%}
    {%- set columns = {} -%}
    {%- for name in schema.properties -%}
        {%- for facet, sql in dbt_llm.json_facets('_dbt_llm_value_' ~ name).items() -%}
            {%- do columns.update({'_dbt_llm_' ~ facet ~ '_' ~ name: sql}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro -%}
