{# What is wrong in meta.llm.review_rate. #}
{%- macro _review_rate_faults(review_rate, response_format) -%}
    {%- set where = 'meta.llm.review_rate' -%}
    {%- set faults = [] -%}
    {%- set rates = {} if review_rate is mapping else {where: review_rate} -%}
    {%- if review_rate is mapping -%}
        {%- do faults.extend(dbt_llm._unknown_keys(where, review_rate, ['all', 'quarantined', 'low_confidence'])) -%}
        {%- for name in ['all', 'quarantined'] if name in review_rate -%}
            {%- do rates.update({where ~ '.' ~ name: review_rate[name]}) -%}
        {%- endfor -%}
        {%- set low = review_rate.get('low_confidence') -%}
        {%- if 'low_confidence' in review_rate and low is not mapping -%}
            {%- do faults.append(where ~ ".low_confidence: not a mapping. Expected {column: confidence, below: 0.7, rate: 0.1}; got '" ~ low ~ "'") -%}
        {%- elif low is mapping -%}
            {%- do faults.extend(dbt_llm._unknown_keys(where ~ '.low_confidence', low, ['column', 'below', 'rate'])) -%}
            {%- do rates.update({where ~ '.low_confidence.rate': low.rate}) -%}
            {%- if low.below is not number or low.below is boolean -%}
                {%- do faults.append(where ~ '.low_confidence.below: not a number. Expected a number; got ' ~ dbt_llm._got(low.below)) -%}
            {%- endif -%}
            {%- set columns = dbt_llm._response_schema(response_format).properties if response_format is mapping else {} -%}
            {%- if low.column not in columns or columns[low.column].type not in ['number', 'integer'] -%}
                {%- do faults.append(where ~ '.low_confidence.column: no response column of numbers. Expected one of '
                    ~ dbt_llm._quoted_list(columns) ~ ' that is one; got ' ~ dbt_llm._got(low.column)) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endif -%}
    {%- for name, rate in rates.items() if rate is not number or rate is boolean or rate < 0 or rate > 1 -%}
        {%- do faults.append(name ~ ': not a share. Expected a number from 0 to 1, such as 0.01; got ' ~ dbt_llm._got(rate)) -%}
    {%- endfor -%}
    {{ return(faults) }}
{%- endmacro -%}
