{#
    meta.llm.kind: embedding: a task whose answers are vectors. They stand in dbt_llm__embeddings beside the responses, by request key,
    and are read from there; the response itself is an empty text, so that cache, bill and limits are those of any task.
#}

{# The one column that such a task adds, as a response format of its own kind: no property of another has a text as its schema. #}
{%- macro _response_format_of(llm) -%}
    {{ return({'kind': 'embedding', 'dimensions': llm.dimensions} if llm.kind == 'embedding' else llm.response_format) }}
{%- endmacro -%}

{# What is wrong in meta.llm of a task that says `kind`, apart from what all tasks say. #}
{%- macro _embedding_faults(llm) -%}
    {%- if llm.kind != 'embedding' -%}
        {{ return(["meta.llm.kind: no such kind. Expected 'embedding', or no kind for a task that completes; got " ~ dbt_llm._got(llm.kind)]) }}
    {%- endif -%}
    {%- set faults = [] -%}
    {%- if llm.dimensions is not integer or llm.dimensions is boolean or llm.dimensions < 1 or llm.dimensions > 16000 -%}
        {%- do faults.append('meta.llm.dimensions: not a length. Expected a whole number from 1 to 16000, which is that of the vectors of its language model; got '
            ~ dbt_llm._got(llm.dimensions)) -%}
    {%- endif -%}
    {{ return(faults) }}
{%- endmacro -%}

{#
    The CTE `llm_embeddings`: the vector of each request key. Where its commit was not that of the response, as on a warehouse, a run
    that was killed between the two has left one that the next run has written again: the latest counts.
#}
{%- macro _known_embeddings() -%}
    {%- set relations = [dbt_llm._package_relation('dbt_llm__embeddings')] + dbt_llm._other_relations('dbt_llm__embeddings') -%}
    {%- set parts = dbt_llm.split_by_repetition('every_embedding' if relations | length > 1 else relations[0], 'request_key') -%}
llm_embeddings as (
    {%- if relations | length > 1 %}
    with every_embedding as (
        {{ dbt_llm._rows_of_all(relations, 'request_key, vector, embedded_at') }}
    )
    {% endif %}
    {%- if parts.single %}
    select
        request_key,
        vector
    from {{ parts.single }}
    union all
    {%- endif %}
    select
        request_key,
        vector
    from (
        select
            request_key,
            vector,
            row_number() over (partition by request_key order by embedded_at desc) as place
        from {{ parts.repeated }}
    ) as placed
    where place = 1
)
{%- endmacro -%}

{# Why a vector is not that of its task, as the rules of a schema are stated. #}
{%- macro _vector_rules(member) -%}
    {{ return([
        {'broken': dbt_llm.array_length('_dbt_llm_vector') ~ ' != ' ~ member.dimensions, 'reason': 'wrong_length:embedding'},
        {'broken': dbt_llm.has_no_number('_dbt_llm_vector'), 'reason': 'not_a_number:embedding'},
    ]) }}
{%- endmacro -%}

{#
    Keep the staged vectors, before their responses are appended: a run that dies between the two has them in its stage still,
    from which the next takes both in.
#}
{%- macro _append_vectors(stage, task) -%}
    {%- set row = {
        'request_key': 'answers.request_key',
        'model_name': 'staged.called_model',
        'dimensions': dbt_llm.array_length('answers.vector'),
        'vector': 'answers.vector',
        'invocation_id': 'staged.called_by',
        'embedded_at': 'staged.called_at',
    } -%}
    {%- do run_query(
        'insert into ' ~ dbt_llm._package_relation('dbt_llm__embeddings') ~ '\n    (' ~ (row.keys() | join(', ')) ~ ')\nselect\n    '
        ~ (row.values() | join(',\n    ')) ~ '\nfrom (\n' ~ dbt_llm.vectors_query(stage=stage, task=task)
        ~ '\n) as answers\ninner join ' ~ stage ~ ' as staged\n    on answers.request_key = staged.request_key\nwhere answers.vector is not null'
    ) -%}
{%- endmacro -%}
