{#
    What is measured of one response column, by its schema: label shares where the values are few and known, mean and
    quantiles of numbers, mean length of texts and arrays, and the share of NULL.
#}
{%- macro _column_statistics(name, schema) -%}
    {%- set column = dbt_llm.column_name(name) -%}
    {%- set succeeded = '_dbt_llm_is_succeeded' -%}
    {%- set listed = [] -%}
    {%- for label in dbt_llm._labels(schema) -%}
        {%- do listed.append({
            'column': name, 'name': 'share', 'label': (label | string | lower) if label is boolean else (label | string),
            'value': dbt_llm._share(dbt_llm._has_label(column, schema, label), succeeded), 'deviation': none, 'rows': 'succeeded_rows',
        }) -%}
    {%- endfor -%}
    {%- set measure = none -%}
    {%- if schema.type in ['integer', 'number'] and not listed -%}
        {%- set measure = {'name': 'mean', 'sql': column} -%}
    {%- elif schema.type == 'array' -%}
        {%- set measure = {'name': 'mean_length', 'sql': dbt_llm.array_length(column)} -%}
    {%- elif schema.type == 'string' and 'format' not in schema and not listed -%}
        {%- set measure = {'name': 'mean_length', 'sql': dbt_llm.text_length(column)} -%}
    {%- endif -%}
    {%- if measure -%}
        {%- set values = 'case when ' ~ succeeded ~ ' then cast(' ~ measure.sql ~ ' as ' ~ dbt_llm.column_type({'type': 'number'}) ~ ') end' -%}
        {%- do listed.append({
            'column': name, 'name': measure.name, 'label': none, 'value': 'avg(' ~ values ~ ')',
            'deviation': 'stddev(' ~ values ~ ')', 'rows': 'count(' ~ values ~ ')',
        }) -%}
        {%- if measure.name == 'mean' -%}
            {%- for quantile, fraction in {'p10': 0.1, 'p50': 0.5, 'p90': 0.9}.items() -%}
                {%- do listed.append({
                    'column': name, 'name': quantile, 'label': none, 'value': dbt_llm.quantile(values, fraction),
                    'deviation': none, 'rows': 'count(' ~ values ~ ')',
                }) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endif -%}
    {%- do listed.append({
        'column': name, 'name': 'null_rate', 'label': none, 'value': dbt_llm._share(column ~ ' is null', succeeded),
        'deviation': none, 'rows': 'succeeded_rows',
    }) -%}
    {{ return(listed) }}
{%- endmacro -%}
