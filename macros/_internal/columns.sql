{# Names of columns: which may stand unquoted, the unique key's, and that of a property's JSON value. #}

{# ASCII letter or underscore, then letters, digits, underscores. #}
{%- macro _is_identifier(name) -%}
    {%- set letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_' -%}
    {{ return(name != '' and name[:1] in letters and name.strip(letters ~ '0123456789') == '') }}
{%- endmacro -%}

{# The unique_key of the model's config, as a list. #}
{%- macro _unique_key_columns() -%}
    {%- set unique_key = config.get('unique_key') -%}
    {{ return([unique_key] if unique_key is string else (unique_key or [])) }}
{%- endmacro -%}

{# The intermediate column that holds the JSON value of a property; quoted only where its name asks for it. #}
{%- macro _value_column(name) -%}
    {{ return(dbt_llm._facet_column('value', name)) }}
{%- endmacro -%}

{# The intermediate column beside it that holds a facet of that value (json_facets). #}
{%- macro _facet_column(facet, name) -%}
    {%- set column = '_dbt_llm_' ~ facet ~ '_' ~ name -%}
    {{ return(column if dbt_llm._is_identifier(column) else dbt_llm.column_name(column)) }}
{%- endmacro -%}

{# All of them: {column: SQL of the value's column}, empty where the engine asks for none. #}
{%- macro _facet_columns(schema) -%}
    {%- set columns = {} -%}
    {%- for name in schema.properties -%}
        {%- for facet, sql in dbt_llm.json_facets(dbt_llm._value_column(name)).items() -%}
            {%- do columns.update({dbt_llm._facet_column(facet, name): sql}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro -%}
