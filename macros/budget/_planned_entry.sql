{# An endpoint's entry of any place, as a plan needs it: its own, the environment's and the list's values, unchecked. #}
{%- macro _planned_entry(declared, place) -%}
    {%- set entry = {} -%}
    {%- for key, value in declared.items() -%}
        {%- if key != 'api_key_env' and key[-4:] == '_env' -%}
            {%- if env_var(value, '') -%}
                {%- do entry.update({key[:-4]: env_var(value) | float if 'usd_per' in key else env_var(value)}) -%}
            {%- endif -%}
        {%- elif key not in entry -%}
            {%- do entry.update({key: value}) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(dbt_llm._with_prices(entry, place)) }}
{%- endmacro -%}
