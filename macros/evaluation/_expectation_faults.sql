{# Golden rows that no answer can meet, and keys that name more than one row: faults of the golden set, not of a prompt. #}
{%- macro _expectation_faults(golden) -%}
    {%- set sums = [
        'count(*) as row_count',
        'count(distinct golden_key) as key_count',
    ] -%}
    {%- for name, column in golden.columns.items() -%}
        {%- set expected = 'expected_' ~ name -%}
        {%- set impossible = expected ~ ' is not null and not (' ~ dbt_llm._is_expectation(expected, column) ~ ')' -%}
        {%- do sums.append('sum(case when ' ~ impossible ~ ' then 1 else 0 end) as impossible_' ~ name) -%}
        {%- do sums.append('min(case when ' ~ impossible ~ ' then ' ~ expected ~ ' end) as example_' ~ name) -%}
    {%- endfor -%}
    {%- set found = run_query(
        dbt_llm._candidate_steps(compiled_code, golden.candidates[0]).input ~ '\nselect\n    ' ~ (sums | join(',\n    '))
        ~ "\nfrom llm_input\nwhere golden_source = 'golden'"
    ).rows[0] -%}
    {%- set faults = [] -%}
    {%- if found[0] | int == 0 -%}
        {%- do faults.append('the golden set has no rows. Expected rows with expected values; got none. Run `dbt seed` where it is a seed') -%}
        {{ return(faults) }}
    {%- elif found[0] != found[1] -%}
        {%- do faults.append(
            'key: not unique, or NULL, in the golden set. Expected one row for each ' ~ (golden.key | join(', ')) ~ '; got ' ~ found[0]
            ~ ' rows with ' ~ found[1] ~ ' keys'
        ) -%}
    {%- endif -%}
    {%- for name, column in golden.columns.items() -%}
        {%- set count = found[2 * loop.index] | int -%}
        {%- if count > 0 -%}
            {%- set form = {
                'label': 'one of ' ~ dbt_llm._quoted_list(column.labels or []),
                'number': 'a number',
                'array': 'a JSON array as text' ~ (' of ' ~ dbt_llm._quoted_list(column.labels) if column.labels else '') ~ ', such as ["a", "b"]',
            }[column.kind] -%}
            {%- do faults.append(
                'expected_' ~ name ~ ': no answer can be this, in ' ~ count ~ ' rows. Expected ' ~ form ~ "; got '"
                ~ found[2 * loop.index + 1] ~ "'"
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(faults) }}
{%- endmacro -%}
