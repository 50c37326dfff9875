{# The rows of a task with a filter: their scores, which of them are dropped, and how many. #}

{#
    The CTE `llm_filter`, the filter in force, of one row, of NULLs where there is none: the task's latest, if it is for the same label, language
    model, prompt version and embeddings, and proves no less than is stated. Of one that is not proven the threshold is NULL. Never
    an earlier one: what its task has become since is not what it was proven on. `model_name`, `prompt_version`: of the task, as SQL.
#}
{%- macro _known_filter(name, filter, model_name, prompt_version) -%}
    {%- set same = {
        'task': dbt_llm.string_literal(name), 'model_name': model_name, 'label_column': dbt_llm.string_literal(filter.label),
        'label_values': dbt_llm.string_literal(dbt_llm._canonical_json(filter.wanted)),
    } -%}
llm_trained as (
    select
        *,
        row_number() over (order by trained_at desc, filter_version asc) as newest_first
    from {{ dbt_llm._every_filter() }}
    where {% for column, value in same.items() %}{{ column }} = {{ value }}
        and {% endfor %}prompt_version = {{ prompt_version }}
        {%- if filter.embedding_model %}
        and embedding_model = {{ dbt_llm.string_literal(filter.embedding_model) }}
        {%- endif %}
),

llm_filter as (
    select
        llm_trained.filter_version as _dbt_llm_filter_version,
        llm_trained.intercept as _dbt_llm_filter_intercept,
        llm_trained.coefficients as _dbt_llm_filter_coefficients,
        llm_trained.threshold as _dbt_llm_filter_threshold
    from (select 1 as newest_first) as one_row
    left join llm_trained
        on one_row.newest_first = llm_trained.newest_first
        and llm_trained.stated_recall >= {{ filter.recall }}
        and llm_trained.stated_confidence >= {{ filter.confidence }}
)
{%- endmacro -%}

{# That CTE for a task as this run asks it. #}
{%- macro _known_filter_of_task(task) -%}
    {{ return(dbt_llm._known_filter(
        task.name, task.filter, model_name=dbt_llm.string_literal(task.model_name), prompt_version=dbt_llm._prompt_version(task)
    )) }}
{%- endmacro -%}

{# The filters that there are: here, and where else answers are read from, so that what production drops is not asked here. #}
{%- macro _every_filter() -%}
    {%- if model is defined and model.resource_type == 'unit_test' -%}
        {{ return('(\n' ~ dbt_llm._empty_table(dbt_llm._package_columns('dbt_llm__filters')) ~ '\n) as no_filters') }}
    {%- endif -%}
    {%- set own = dbt_llm._package_relation('dbt_llm__filters') -%}
    {%- set relations = [own] + dbt_llm._other_relations('dbt_llm__filters') -%}
    {%- set columns = 'filter_version, task, model_name, prompt_version, embedding_model, label_column, label_values, stated_recall,'
        ~ ' stated_confidence, intercept, coefficients, threshold, proven_recall, message, trained_at' -%}
    {{ return(own | string if relations | length == 1 else '(\n        ' ~ dbt_llm._rows_of_all(relations, columns) ~ '\n    ) as every_filter') }}
{%- endmacro -%}

{#
    The CTEs `llm_filter` and `llm_input`, this one with the score of each row in the place of its embedding, which nobody needs once
    more in the task's own table. A row without an embedding, or with one of another length, has no
    score, and is let through.
#}
{%- macro _filtered_input(relation, task, except) -%}
    {%- set embedding = dbt_llm.column_name(task.filter.embedding) -%}
    {%- set private = [] -%}
    {%- for name in ['version', 'intercept', 'coefficients', 'threshold'] -%}
        {%- do private.append('_dbt_llm_filter_' ~ name) -%}
    {%- endfor -%}
{{ dbt_llm._known_filter_of_task(task) }},

llm_input as (
    select
        {{ dbt_llm.star_except([embedding] + private + except) }},
        _dbt_llm_filter_intercept + {{ dbt_llm.dot_product(embedding, '_dbt_llm_filter_coefficients') }} as llm_filter_score,
        _dbt_llm_filter_version as llm_filter_version
    from {{ relation }}
    cross join llm_filter
),
{%- endmacro -%}

{#
    Whether a row is dropped: its score is below the threshold, and it is not of the audit. The audit is drawn by other digits of the
    request key than those by which requests are sent and reviewed, so that a limit cuts none of it out.
#}
{%- macro _is_dropped(filter) -%}
    {{ return(
        'coalesce(llm_filter_score < (select _dbt_llm_filter_threshold from llm_filter), false)\n            and not '
        ~ dbt_llm._is_audited('_dbt_llm_request_key', filter)
    ) }}
{%- endmacro -%}

{# Whether a request is asked whatever its score. #}
{%- macro _is_audited(request_key, filter) -%}
    {{ return('(' ~ dbt_llm._is_drawn('substr(' ~ request_key ~ ', 9)', filter.audit) ~ ')') }}
{%- endmacro -%}

{# The columns that a filter adds to those of the input. #}
{%- macro _filter_columns() -%}
    {{ return(['llm_filter_score', 'llm_filter_version']) }}
{%- endmacro -%}

{# How many rows and requests these steps find dropped, and which are not answered all the same: {'rows', 'requests'}. #}
{%- macro _count_filtered(steps) -%}
    {%- set row = run_query(
        steps.requests ~ '\nselect\n    count(*),\n    count(distinct _dbt_llm_request_key)\nfrom llm_answered\nwhere ' ~ dbt_llm._is_filtered()
    ).rows[0] -%}
    {{ return({'rows': row[0] | int, 'requests': row[1] | int}) }}
{%- endmacro -%}

{# Whether a row is dropped and has no answer: what is paid for is shown. #}
{%- macro _is_filtered() -%}
    {{ return("_dbt_llm_is_dropped and _dbt_llm_prompt is not null and coalesce(_dbt_llm_response_status, '') != 'succeeded'") }}
{%- endmacro -%}

{# Before anything is asked: which filter is in force, or that none is and everything is asked. #}
{%- macro _tell_of_filter(task) -%}
    {%- set of_task = ' from ' ~ dbt_llm._every_filter() ~ ' where task = ' ~ dbt_llm.string_literal(task.name) -%}
    {%- set known = run_query(
        'with ' ~ dbt_llm._known_filter_of_task(task) ~ '\nselect _dbt_llm_filter_version, _dbt_llm_filter_threshold\nfrom llm_filter'
    ).rows[0] -%}
    {%- if known[0] is not none -%}
        {%- set told = run_query(
            'select max(proven_recall), max(stated_confidence), max(message)' ~ of_task ~ ' and filter_version = ' ~ dbt_llm.string_literal(known[0])
        ).rows[0] -%}
        {%- if known[1] is not none -%}
            {%- do log(task.name ~ ': filter ' ~ known[0] ~ ' is in force, with a recall of at least ' ~ (told[0] | float | round(4))
                ~ ' at a confidence of ' ~ told[1], info=true) -%}
            {{ return('') }}
        {%- endif -%}
        {%- set because = told[2] -%}
    {%- elif run_query('select count(*)' ~ of_task).rows[0][0] | int == 0 -%}
        {%- set because = 'none is trained' -%}
    {%- else -%}
        {%- set because = 'none is trained for this prompt, language model and label, for these embeddings, and for as much as is stated' -%}
    {%- endif -%}
    {%- do dbt_llm._warn('dbt_llm.enrich: ' ~ task.name ~ ': no filter is in force, and everything is asked: ' ~ because
        ~ '. Train one once there are answers; limits keep the first run small (docs/filter.md).') -%}
{%- endmacro -%}
