{# All faults of a configuration in one error, so that a user mends them in one go. #}
{%- macro _raise_faults(macro_name, subject, faults) -%}
    {%- if faults -%}
        {%- set lines = [] -%}
        {%- for fault in faults -%}
            {%- do lines.append('  ' ~ loop.index ~ '. ' ~ fault ~ ('' if fault[-1:] in '.?' else '.')) -%}
        {%- endfor -%}
        {%- set count = faults | length -%}
        {%- do exceptions.raise_compiler_error(
            'dbt_llm.' ~ macro_name ~ ": '" ~ subject ~ "' has "
            ~ (count ~ (' fault' if count == 1 else ' faults')) ~ '.\n' ~ (lines | join('\n'))
        ) -%}
    {%- endif -%}
{%- endmacro -%}
