{# The arguments of agrees_with_golden_set, as far as they can be checked without the table. #}
{%- macro _check_agreement(column, min_accuracy, min_f1, not_worse_than, significance, worst) -%}
    {%- set faults = [] -%}
    {%- set shares = {'min_accuracy': min_accuracy, 'significance': significance} -%}
    {%- if min_f1 is mapping -%}
        {%- for label, minimum in min_f1.items() -%}
            {%- do shares.update({'min_f1.' ~ label: minimum}) -%}
        {%- endfor -%}
    {%- elif min_f1 is not none -%}
        {%- do faults.append("min_f1: not a mapping. Expected a mapping of labels such as {email: 0.9}; got '" ~ min_f1 ~ "'") -%}
    {%- endif -%}
    {%- for name, value in shares.items() if value is not number or value is boolean or value < 0 or value > 1 -%}
        {%- do faults.append(name ~ ": not a share. Expected a number from 0 to 1; got '" ~ value ~ "'") -%}
    {%- endfor -%}
    {%- if not_worse_than is not none and (not_worse_than is not string or not_worse_than | length != 12) -%}
        {%- do faults.append("not_worse_than: not a prompt version. Expected the 12 hex digits of llm_prompt_version, in quotes; got '" ~ not_worse_than ~ "'") -%}
    {%- endif -%}
    {%- if worst is not integer or worst is boolean or worst < 0 -%}
        {%- do faults.append("worst: not a count. Expected how many wrong rows to show; got '" ~ worst ~ "'") -%}
    {%- endif -%}
    {%- do dbt_llm._raise_faults('agrees_with_golden_set', column, faults) -%}
{%- endmacro -%}
