{# One fault for each key of `mapping` that is not in `known`. #}
{%- macro _unknown_keys(where, mapping, known) -%}
    {%- set faults = [] -%}
    {%- for key in mapping -%}
        {%- if key not in known -%}
            {%- do faults.append(
                where ~ ": unknown key '" ~ key ~ "'. Expected one of " ~ dbt_llm._quoted_list(known) ~ "; got '"
                ~ key ~ "'" ~ dbt_llm._did_you_mean(key, known)
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(faults) }}
{%- endmacro -%}
