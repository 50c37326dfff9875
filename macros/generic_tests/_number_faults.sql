{# One fault for each argument that is not a number within its bounds: {name: {'value', 'least'}}; whole ones say so. #}
{%- macro _number_faults(arguments) -%}
    {%- set faults = [] -%}
    {%- for name, argument in arguments.items() -%}
        {%- set kind = 'whole number' if argument.get('whole') else 'number' -%}
        {%- if argument.value is not number or argument.value is boolean or argument.value < argument.least
            or argument.value > argument.get('most', argument.value) or (argument.get('whole') and argument.value is not integer) -%}
            {%- do faults.append(
                name ~ ': no such value. Expected a ' ~ kind ~ ' of at least ' ~ argument.least
                ~ (' and at most ' ~ argument.most if 'most' in argument else '') ~ '; got ' ~ dbt_llm._got(argument.value)
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(faults) }}
{%- endmacro -%}
