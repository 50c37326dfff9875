{# Which statistics are measured of a task's answers, as SQL aggregates. #}

{#
    What is measured of a task: [{'n', 'column', 'name', 'label', 'value', 'deviation', 'rows'}, …], where value, deviation
    and rows are SQL aggregates; rows may be the name of a count that all share. An array is judged by what it holds.
#}
{%- macro _statistics(schema) -%}
    {%- set listed = [] -%}
    {%- for name, member in schema.properties.items() -%}
        {%- do listed.extend(dbt_llm._column_statistics(name, member)) -%}
    {%- endfor -%}
    {%- set rates = {
        'quarantine_rate': dbt_llm._share("llm_status = 'quarantined'", '_dbt_llm_is_answered'),
        'refusal_rate': dbt_llm._share("llm_reason = 'refused'", '_dbt_llm_is_answered'),
        'pending_rate': dbt_llm._share("llm_status = 'pending'", "llm_status != 'skipped'"),
    } -%}
    {%- for name, value in rates.items() -%}
        {%- do listed.append({
            'column': none, 'name': name, 'label': none, 'value': value, 'deviation': none,
            'rows': 'asked_rows' if name == 'pending_rate' else 'answered_rows',
        }) -%}
    {%- endfor -%}
    {%- for statistic in listed -%}
        {%- do statistic.update({'n': loop.index}) -%}
    {%- endfor -%}
    {{ return(listed) }}
{%- endmacro -%}

{#
    What is measured of one response column, by its schema: label shares where the values are few and known, mean and
    quantiles of numbers, mean length of texts and arrays, and the share of NULL.
#}
{%- macro _column_statistics(name, schema) -%}
    {%- set column = dbt_llm.column_name(name) -%}
    {%- set succeeded = '_dbt_llm_is_succeeded' -%}
    {%- set listed = [] -%}
    {%- for label in dbt_llm._counted_labels(schema) -%}
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

{# The values of which a share is kept: an enum's, or those of an array's items; of a boolean `true`, as `false` is the rest. #}
{%- macro _counted_labels(schema) -%}
    {%- set valued = schema['items'] if schema.type == 'array' else schema -%}
    {%- if valued.type in ['array', 'object'] -%}
        {{ return([]) }}
    {%- elif 'enum' in valued -%}
        {{ return(valued.enum | reject('none') | list) }}
    {%- endif -%}
    {{ return([true] if valued.type == 'boolean' else []) }}
{%- endmacro -%}

{# Whether a response column is that label, or, of an array, holds it; as a SQL condition. #}
{%- macro _has_label(column, schema, label) -%}
    {%- set type = (schema['items'] if schema.type == 'array' else schema).type -%}
    {%- set literal = (label | string | lower) if label is boolean
        else 'cast(' ~ label ~ ' as ' ~ dbt_llm.column_type({'type': type}) ~ ')' if type in ['integer', 'number']
        else dbt_llm.string_literal(label) -%}
    {{ return(dbt_llm.array_contains(column, literal) if schema.type == 'array' else column ~ ' = ' ~ literal) }}
{%- endmacro -%}

{# The share of the rows of a kind for which a condition holds, as a SQL aggregate; NULL where there are none. #}
{%- macro _share(condition, kind) -%}
    {{ return(
        'avg(case when ' ~ kind ~ ' then case when ' ~ condition ~ ' then cast(1 as ' ~ dbt_llm.column_type({'type': 'number'})
        ~ ') else 0 end end)'
    ) }}
{%- endmacro -%}
