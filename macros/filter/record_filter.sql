{# The post-hook of a Python model that trains a filter: it hands the filter to its task, and tells of it. #}

{#
    Append to dbt_llm__filters the filter that the model's table has newest, unless its task has it, or a later one, and say what it proves. Trained on the same
    rows it is the same filter, and its audit goes on.
#}
{%- macro record_filter() -%}
    {%- if dbt_llm._writes_rows() -%}
        {%- set columns = dbt_llm._package_columns('dbt_llm__filters').keys() | list -%}
        {%- do dbt_llm._prepare_package_tables('record_filter', model.name, ['dbt_llm__filters']) -%}
        {%- set newest = dbt_llm._newest_filter() -%}
        {%- if newest is none -%}
            {%- do dbt_llm._raise_faults('record_filter', model.name, [
                'there is nothing to train on. Expected answers of the task; got none. Run the task first, with limits.requests'
            ]) -%}
        {%- endif -%}
        {%- set filters = dbt_llm._package_relation('dbt_llm__filters') -%}
        {%- set was_inside = dbt_llm._leave_transaction_of_table() -%}
        {%- do dbt_llm._append_apart(filters, columns, dbt_llm._unknown_filter(filters, columns), suffix='filter') -%}
        {%- do dbt_llm.enter_transaction(was_inside) -%}
        {%- do dbt_llm._tell_of_training(newest) -%}
    {%- endif -%}
{%- endmacro -%}

{# The newest filter in the model's table, or none: {'version', 'task', 'threshold', …}. #}
{%- macro _newest_filter() -%}
    {%- set names = [
        'filter_version', 'task', 'threshold', 'proven_recall', 'stated_confidence', 'positives', 'passed_share', 'learned_rows',
        'held_out_rows', 'message',
    ] -%}
    {%- set rows = run_query('select ' ~ (names | join(', ')) ~ '\nfrom ' ~ this ~ '\norder by trained_at desc\nlimit 1').rows -%}
    {%- if rows | length == 0 -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set newest = {} -%}
    {%- for name in names -%}
        {%- do newest.update({name: rows[0][loop.index0]}) -%}
    {%- endfor -%}
    {{ return(newest) }}
{%- endmacro -%}

{# A query: the newest filter of the model's table, if it is newer than its task's and another. #}
{%- macro _unknown_filter(filters, columns) -%}
    {%- set of_task -%}
    select
        filter_version,
        trained_at,
        row_number() over (order by trained_at desc) as newest_first
    from {{ filters }}
    where task = (select max(task) from {{ this }})
    {%- endset -%}
select
    {{ columns | join(',\n    ') }}
from (
    select
        *,
        row_number() over (order by trained_at desc) as newest_first
    from {{ this }}
) as trained
where newest_first = 1
    and not exists (
        select 1
        from (
        {{ of_task }}
        ) as known
        where known.newest_first = 1
            and (known.trained_at >= trained.trained_at or known.filter_version = trained.filter_version)
    )
{%- endmacro -%}

{# What the newest filter proves, or why everything is asked: a warning. #}
{%- macro _tell_of_training(newest) -%}
    {%- if newest.threshold is none -%}
        {%- do dbt_llm._warn('dbt_llm.record_filter: ' ~ model.name ~ ': the filter of ' ~ newest.task ~ ' is not proven, and everything is asked: '
            ~ newest.message ~ ' (docs/filter.md)') -%}
    {%- else -%}
        {%- do log(newest.task ~ ': filter ' ~ newest.filter_version ~ ' has a recall of at least ' ~ (newest.proven_recall | float | round(4))
            ~ ' at a confidence of ' ~ newest.stated_confidence ~ ', on ' ~ newest.positives ~ ' wanted requests; it learned from ' ~ newest.learned_rows
            ~ ', and lets through ' ~ (newest.passed_share | float * 100) | round(1) ~ ' % of ' ~ newest.held_out_rows
            ~ '. The next run of the task uses it; --full-refresh trains another', info=true) -%}
    {%- endif -%}
{%- endmacro -%}
