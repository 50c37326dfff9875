{# What is known of a request before anything is sent: its latest response, or the open batch job that it is in. #}

{#
    The response to each request that counts. The ledger is append-only and its clocks are those of many machines, so the
    order is of what is known: an answer goes before any failure, a later attempt before an earlier one. A requeue names
    the attempts that it supersedes: of these none counts. Of other relations only answers are read, so that a failure
    elsewhere hides no answer here. `where`: which requests, if not all. `repairs`: also the last attempt of any kind, and whether an
    answer was followed by a repair; a repair that failed in passing hides nothing that it is to mend.
#}
{%- macro _latest_responses(responses, where=none, repairs=false) -%}
    {%- set others = dbt_llm._other_relations('dbt_llm__responses') -%}
    {%- set columns = ['request_key', 'model_name', 'status', 'completion', 'error_class', 'error_message', 'responded_at'] -%}
    {# Rows that a unit test gives as SQL need not name a column that none of them has. #}
    {%- set supersedes = 'cast(null as ' ~ dbt.type_bigint() ~ ')' if model is defined and model.resource_type == 'unit_test' else 'supersedes_attempt' -%}
    {%- set supersedes_column = supersedes if supersedes == 'supersedes_attempt' else supersedes ~ ' as supersedes_attempt' -%}
    {%- set parts = dbt_llm.split_by_repetition('every_response' if others or where else responses, 'request_key') -%}
    {%- if others or where -%}
with

every_response as (
        select
            {{ columns | join(',\n            ') }},
            attempt,
            {{ supersedes_column }}
        from {{ responses }}
        {%- if where %}
        where {{ where }}
        {%- endif %}
        {%- for source in others %}
        union all
        select
            {{ columns | join(',\n            ') }},
            attempt,
            cast(null as {{ dbt.type_bigint() }}) as supersedes_attempt
        from {{ source }}
        where status = 'succeeded'
        {%- if where %}
            and {{ where }}
        {%- endif %}
        {%- endfor %}
    )

    {% endif -%}
    {%- if parts.single -%}
select
        {{ columns | join(',\n        ') }},
        coalesce(attempt, 1) as attempt,
        coalesce({{ supersedes }}, 0) as superseded
        {%- if repairs %},
        coalesce(attempt, 1) as last_attempt,
        false as is_repaired
        {%- endif %}
    from {{ parts.single }}
    union all
    {% endif -%}
select
        {{ columns | join(',\n        ') }},
        attempt,
        superseded
        {%- if repairs %},
        last_attempt,
        is_repaired
        {%- endif %}
    from (
        select
            *,
            {%- if repairs %}
            {{ dbt_llm._repair_columns() }},
            {%- endif %}
            row_number() over (
                partition by request_key
                order by
                    case when attempt > superseded or supersedes_attempt = superseded then 0 else 1 end,
                    case when status = 'succeeded' then 0 else 1 end,
                    {%- if repairs %}
                    case when error_class in ({{ dbt_llm._literal_list(dbt_llm._passing_error_classes()) }}) then 1 else 0 end,
                    {%- endif %}
                    attempt desc,
                    responded_at desc
            ) as place
        from (
            select
                {{ columns | join(',\n                ') }},
                coalesce(attempt, 1) as attempt,
                {{ supersedes_column }},
                coalesce(max({{ supersedes }}) over (partition by request_key), 0) as superseded
            from {{ parts.repeated }}
        ) as with_superseded
    ) as placed
    where place = 1
{%- endmacro -%}

{#
    The table that a model reads its answers from: this package's, where the hooks write them. A unit test gives its own; and what is
    only shown, where nothing was built, reads what dbt defers to.
#}
{%- macro _responses_of_model() -%}
    {%- set read = ref('dbt_llm', 'dbt_llm__responses') -%}
    {%- if not execute or model.resource_type == 'unit_test' -%}
        {{ return(read) }}
    {%- endif -%}
    {%- set own = dbt_llm._package_relation('dbt_llm__responses') -%}
    {{ return(own if dbt_llm._is_built() or not dbt_llm._deferred('dbt_llm__responses') or dbt_llm.relation_exists(own) else read) }}
{%- endmacro -%}

{#
    What else answers, vectors and filters are read from: the relations that the table's variable names, and under `--defer` the table of
    the other environment, whether or not there is one here by now. A unit test has nothing but its own.
#}
{%- macro _other_relations(name) -%}
    {%- if model is defined and model.resource_type == 'unit_test' -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set deferred = dbt_llm._deferred(name) -%}
    {{ return(var(dbt_llm._source_variables()[name], []) + ([deferred] if deferred else [])) }}
{%- endmacro -%}

{# A query of these columns of relations, one after the other. #}
{%- macro _rows_of_all(relations, columns) -%}
    {%- set queries = [] -%}
    {%- for relation in relations -%}
        {%- do queries.append('select ' ~ columns ~ ' from ' ~ relation) -%}
    {%- endfor -%}
    {{ return(queries | join('\n        union all\n        ')) }}
{%- endmacro -%}

{# The variable of each table that may be read from elsewhere too. #}
{%- macro _source_variables() -%}
    {{ return({
        'dbt_llm__responses': 'dbt_llm_response_sources',
        'dbt_llm__embeddings': 'dbt_llm_embedding_sources',
        'dbt_llm__filters': 'dbt_llm_filter_sources',
    }) }}
{%- endmacro -%}

{# The other environment's table of that name under `--defer`, where there is one; none otherwise. #}
{%- macro _deferred(name) -%}
    {%- set nodes = (graph.nodes if graph is defined) or {} -%}
    {%- set deferred = (nodes.get('model.dbt_llm.' ~ name) or {}).get('defer_relation') -%}
    {%- if deferred -%}
        {%- set there = api.Relation.create(database=deferred.database, schema=deferred.schema, identifier=deferred.alias, type='table') -%}
        {%- if there | string | lower != dbt_llm._package_relation(name) | string | lower and dbt_llm.relation_exists(there) -%}
            {{ return(there) }}
        {%- endif -%}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro -%}

{#
    Two CTEs: the batch jobs that are open, and `llm_batched`, the requests in them with their job's task and the reason that their rows show.
    A job of another task counts too: its answer will serve this one. What the ledger does not say of a job, as after an edit, is
    no reason to ask again. `batches`: the relations `batches` and `batch_requests`.
#}
{%- macro _batched_requests(batches) -%}
llm_open_batches as (
    select
        batch_key,
        task,
        state
    from (
        select
            batch_key,
            task,
            state,
            is_open,
            row_number() over (partition by batch_key order by coalesce(sequence, 0) desc, recorded_at desc) as newest_first
        from {{ batches.batches }}
    ) as events
    where newest_first = 1
        and coalesce(is_open, true)
),

llm_batched as (
    select
        batch_requests.request_key,
        max(llm_open_batches.task) as task,
        max({{ dbt_llm.concat_text([dbt_llm.string_literal('batch:'), 'llm_open_batches.state']) }}) as reason
    from {{ batches.batch_requests }} as batch_requests
    inner join llm_open_batches
        on batch_requests.batch_key = llm_open_batches.batch_key
    group by batch_requests.request_key
)
{%- endmacro -%}

{# How many requests of a relation are in an open batch job, by the task that submitted it: {task: requests}. #}
{%- macro _requests_in_batches(relation, key, condition='1 = 1') -%}
    {%- set found = {} -%}
    {%- for row in run_query(
        'with\n\n' ~ dbt_llm._batched_requests(dbt_llm._batch_tables()) ~ '\n\nselect llm_batched.task, count(distinct llm_batched.request_key)\nfrom ' ~ relation
        ~ ' as waiting\ninner join llm_batched on waiting.' ~ key ~ ' = llm_batched.request_key\nwhere ' ~ condition ~ '\ngroup by llm_batched.task'
    ).rows -%}
        {%- do found.update({row[0]: row[1] | int}) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro -%}

{%- macro _batch_tables() -%}
    {{ return({'batches': dbt_llm._package_relation('dbt_llm__batches'), 'batch_requests': dbt_llm._package_relation('dbt_llm__batch_requests')}) }}
{%- endmacro -%}

{# Who collects what is in batch jobs: sentences. #}
{%- macro _collectors_of(in_batches) -%}
    {%- set tasks = dbt_llm._task_nodes() -%}
    {%- set sentences = [] -%}
    {%- for task, requests in in_batches.items() -%}
        {%- do sentences.append(requests ~ " are in a batch job of '" ~ task ~ "', " ~ ('whose next run collects them.' if task in tasks
            else 'which is no task here: no run collects them. Hand the job on: `dbt run-operation dbt_llm.batches` names it, and docs/batch.md says how.')) -%}
    {%- endfor -%}
    {{ return(sentences | join(' ')) }}
{%- endmacro -%}
