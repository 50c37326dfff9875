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
