{#
    A property becomes a column, or a field of one: its name must be an identifier in every warehouse, differ from its
    siblings' in more than case, and not be one of the columns that a task adds itself.
#}
{%- macro _property_name_faults(names, where) -%}
    {%- set faults = [] -%}
    {%- set seen = [] -%}
    {%- for name in names -%}
        {%- if name is not string or not dbt_llm._is_identifier(name) -%}
            {%- do faults.append(where ~ ": not a column name. Expected letters, digits and underscores; got '" ~ name ~ "'") -%}
        {%- elif name | lower in seen -%}
            {%- do faults.append(where ~ ": two properties differ only by case. Expected one name each; got '" ~ name ~ "'") -%}
        {%- elif name[:4] | lower == 'llm_' or name[:9] | lower == '_dbt_llm_' -%}
            {%- do faults.append(where ~ ": dbt_llm names its own columns so. Expected a name without the prefix 'llm_'; got '" ~ name ~ "'") -%}
        {%- endif -%}
        {%- do seen.append(name | string | lower) -%}
    {%- endfor -%}
    {{ return(faults) }}
{%- endmacro -%}
