{# The labelled rows of a task with a filter: what the filter learns from, and what it is proven on. #}

{# The rows by which the filter in front of a task is trained, one for each answered request; dbt_llm.train_filter() takes them in Python. #}
{%- macro filter_rows(relation, input, golden=none) -%}
    {%- set tables = {} -%}
    {%- for name in ['runs', 'responses', 'evaluation_rows', 'filters'] -%}
        {%- do tables.update({name: ref('dbt_llm', 'dbt_llm__' ~ name)}) -%}
    {%- endfor -%}
    {%- if not execute -%}
        {{ return('select * from ' ~ relation) }}
    {%- endif -%}
    {{ return(dbt_llm._labelled_query(
        task=dbt_llm._filtered_task(relation), relation=relation, input=input, golden=golden, tables=tables
    )) }}
{%- endmacro -%}

{# The task whose table this relation is: {'name', 'filter', 'key'}. All faults, those of the model that trains too, are raised at once. #}
{%- macro _filtered_task(relation) -%}
    {%- set found = [] -%}
    {%- set filtered = [] -%}
    {%- for node in graph.nodes.values() if 'filter' in ((node.config.meta or {}).get('llm') or {}) -%}
        {%- do filtered.append(dbt_llm._task_name_of(node)) -%}
        {%- if node.unique_id in model.depends_on.nodes and node.alias | lower == relation.identifier | lower -%}
            {%- do found.append(node) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if not found -%}
        {%- do dbt_llm._raise_faults('filter_rows', model.name, [
            "relation: not a task with a filter. Expected ref('…') of a dbt model with config.meta.llm.filter, one of "
            ~ dbt_llm._quoted_list(filtered) ~ '; got ' ~ dbt_llm._got(relation.identifier)
        ]) -%}
    {%- endif -%}
    {%- set node = found[0] -%}
    {%- set key = node.config.get('unique_key') -%}
    {%- set faults = dbt_llm._trainer_faults() -%}
    {%- if not key -%}
        {%- do faults.append("relation: '" ~ dbt_llm._task_name_of(node) ~ "' has no unique_key. Expected the column by which its rows are those of "
            ~ 'its input; got none. Add it to its config') -%}
    {%- endif -%}
    {%- do dbt_llm._raise_faults('filter_rows', model.name, faults) -%}
    {{ return({
        'name': dbt_llm._task_name_of(node), 'filter': dbt_llm._filter_of(node.config.meta.llm), 'key': [key] if key is string else key | list,
    }) }}
{%- endmacro -%}

{# A Python model that trains on these rows, and does not hand on what it has trained: its task would never find the filter. #}
{%- macro _trainer_faults() -%}
    {%- set faults = [] -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.language == 'python'
        and model.unique_id in node.depends_on.nodes and 'train_filter' in node.raw_code
        and 'dbt_llm.record_filter(' not in node.config.get('post-hook', []) | string -%}
        {%- do faults.append("'" ~ node.name ~ "' trains a filter that its task would not find. Expected its config to have post_hook: "
            ~ '"{{ dbt_llm.record_filter() }}"; got none. Add it') -%}
    {%- endfor -%}
    {{ return(faults) }}
{%- endmacro -%}

{#
    The labelled rows, as one query for dbt and for the companion, which renders it where dbt is not. A request of several rows counts once; where a golden
    row or a verdict says what the answer should have been, that is its label. `split`: what a filter has let through is a choice of rows, which may be
    learned from, and proves nothing; only what was asked before there was one, or whatever it said, is drawn as the rows are that will come, and
    half of it, by digits of the key that nothing else goes by, is `held_out`. Of very many requests those with the lowest keys are a sample as good as random.
    `golden` rows are only proven on. What else stands in each row is what its filter is for, and whether there is one.
#}
{%- macro _labelled_query(task, relation, input, golden, tables) -%}
    {%- set filter = task.filter -%}
    {%- set embedding = dbt_llm.column_name(filter.embedding) -%}
    {%- set text = dbt_llm.column_type({'type': 'string'}) -%}
    {%- set name = dbt_llm.string_literal(task.name) -%}
    {%- set keys = [] -%}
    {%- set ordered = [] -%}
    {%- set same = [] -%}
    {%- for key in task.key -%}
        {%- do keys.append(key ~ ' as llm_key_' ~ loop.index) -%}
        {%- do ordered.append('llm_answers.llm_key_' ~ loop.index) -%}
        {%- do same.append('llm_answers.llm_key_' ~ loop.index ~ ' = llm_vectors.llm_key_' ~ loop.index) -%}
    {%- endfor -%}
with

llm_run as (
    select
        model_name,
        prompt_version
    from (
        select
            model_name,
            prompt_version,
            row_number() over (order by started_at desc) as newest_first
        from {{ tables.runs }}
        where task = {{ name }}
    ) as every_run
    where newest_first = 1
),

{{ dbt_llm._known_filter(
    task.name, filter, model_name='(select model_name from llm_run)', prompt_version='(select prompt_version from llm_run)'
) }},

{# A filter of another prompt or model has chosen none of these. -#}
llm_first_filter as (
    select min(trained_at) as trained_at
    from {{ dbt_llm._every_filter() }}
    where task = {{ name }}
        and model_name = (select model_name from llm_run)
        and prompt_version = (select prompt_version from llm_run)
        and threshold is not null
),

llm_unasked as (
    select count(*) as row_count
    from {{ relation }}
    where llm_reason = 'filtered'
        and llm_prompt_version = (select prompt_version from llm_run)
        and {{ dbt_llm._is_audited('llm_request_key', filter) }}
),

llm_answers as (
    select
        {{ keys | join(',\n        ') }},
        llm_request_key as request_key,
        {{ dbt_llm._wanted_condition(filter) }} as is_wanted
    from {{ relation }}
    where llm_status = 'succeeded'
        and llm_reason is null
        and llm_prompt_version = (select prompt_version from llm_run)
),

llm_vectors as (
    select
        {{ keys | join(',\n        ') }},
        {{ dbt_llm.embedding_array(embedding) }} as embedding
    from {{ input }}
    where {{ embedding }} is not null
),

llm_requests as (
    select
        request_key,
        embedding,
        is_wanted
    from (
        select
            llm_answers.request_key,
            llm_vectors.embedding,
            llm_answers.is_wanted,
            row_number() over (partition by llm_answers.request_key order by {{ ordered | join(', ') }}) as place
        from llm_answers
        inner join llm_vectors
            on {{ same | join('\n            and ') }}
    ) as every_row
    where place = 1
    order by request_key
    limit 200000
),

llm_corrections as (
    select
        request_key,
        is_wanted
    from (
        select
            request_key,
            {{ dbt_llm._wanted_text_condition('expected', filter) }} as is_wanted,
            row_number() over (partition by request_key order by evaluated_at desc, expected asc) as newest_first
        from {{ tables.evaluation_rows }}
        where task = {{ name }}
            and candidate = 'current'
            and column_name = {{ dbt_llm.string_literal(filter.label) }}
            and expected is not null
    ) as every_correction
    where newest_first = 1
),

llm_first_answers as (
    select
        request_key,
        min(responded_at) as responded_at
    from {{ tables.responses }}
    where status = 'succeeded'
    group by request_key
),

llm_labelled as (
    select
        case
            when substr(llm_requests.request_key, 17, 1) < '8'
                and (
                    llm_first_filter.trained_at is null
                    or coalesce(llm_first_answers.responded_at < llm_first_filter.trained_at, false)
                    or {{ dbt_llm._is_audited('llm_requests.request_key', filter) }}
                )
                then 'held_out'
            else 'learned'
        end as split,
        llm_requests.request_key,
        llm_requests.embedding,
        coalesce(llm_corrections.is_wanted, llm_requests.is_wanted) as is_wanted,
        coalesce(llm_corrections.is_wanted != llm_requests.is_wanted, false) as is_corrected
    from llm_requests
    cross join llm_first_filter
    left join llm_corrections
        on llm_requests.request_key = llm_corrections.request_key
    left join llm_first_answers
        on llm_requests.request_key = llm_first_answers.request_key
    {%- if golden is not none %}
    {%- set expected = 'expected_' ~ filter.label %}
    union all
    select
        'golden' as split,
        cast(null as {{ text }}) as request_key,
        {{ dbt_llm.embedding_array(embedding) }} as embedding,
        {{ dbt_llm._wanted_text_condition(dbt_llm.text_of(expected), filter) }} as is_wanted,
        false as is_corrected
    from {{ golden }}
    where {{ embedding }} is not null
        and {{ expected }} is not null
    {%- endif %}
)

select
    {{ name }} as task,
    llm_run.model_name,
    llm_run.prompt_version,
    {{ dbt_llm.string_literal(filter.label) }} as label_column,
    {{ dbt_llm.string_literal(dbt_llm._canonical_json(filter.wanted)) }} as label_values,
    {{ dbt_llm.string_literal(filter.embedding_model) if filter.embedding_model else 'cast(null as ' ~ text ~ ')' }} as embedding_model,
    {%- for stated in ['recall', 'confidence'] %}
    cast({{ dbt_llm.string_literal(filter[stated]) }} as {{ dbt_llm.column_type({'type': 'number'}) }}) as stated_{{ stated }},
    {%- endfor %}
    case when llm_filter._dbt_llm_filter_threshold is not null then llm_filter._dbt_llm_filter_version end as filter_in_force,
    llm_unasked.row_count as unasked_audit_rows,
    llm_labelled.split,
    llm_labelled.request_key,
    llm_labelled.embedding,
    llm_labelled.is_wanted,
    llm_labelled.is_corrected
from llm_labelled
cross join llm_run
cross join llm_filter
cross join llm_unasked
{%- endmacro -%}
