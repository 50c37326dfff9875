{# The query of a golden model: one row for each golden row, candidate and evaluated column. #}

{#
    The table of a golden model, given the responses that there are: one row for each golden row, candidate and evaluated
    column. Each candidate's part is a task's query with another last select, so that it asks what the task would ask.
#}
{%- macro _golden_query(relation, responses, sample, verdicts, golden) -%}
    {%- set parts = [] -%}
    {%- for candidate in golden.candidates -%}
        {%- do parts.append(
            dbt_llm._golden_markers().candidate ~ candidate.name ~ ' */\n' ~ dbt_llm._candidate_query(
                relation=relation, responses=responses, sample=sample, verdicts=verdicts, golden=golden, candidate=candidate
            )
        ) -%}
    {%- endfor -%}
    {%- if parts | length == 1 -%}
        {{ return(parts[0]) }}
    {%- endif -%}
    {%- set selects = [] -%}
    {%- for part in parts -%}
        {%- do selects.append('select\n    ' ~ (dbt_llm._golden_columns() | join(',\n    ')) ~ '\nfrom (\n' ~ part ~ '\n) as candidate_' ~ loop.index) -%}
    {%- endfor -%}
    {{ return(selects | join('\n\nunion all\n\n')) }}
{%- endmacro -%}

{# One candidate's part of a golden model's table. #}
{%- macro _candidate_query(relation, responses, sample, verdicts, golden, candidate) -%}
    {%- set markers = dbt_llm._markers() -%}
    {%- set task = candidate.task -%}
    {%- set input = dbt_llm._golden_input(relation=relation, sample=sample, verdicts=verdicts, golden=golden, task=task) -%}
    {%- set head = dbt_llm._task_query(relation=input, responses=responses, task=task).split(markers.result)[0] | trim -%}
    {%- set selects = [] -%}
    {%- for name, column in golden.columns.items() -%}
        {%- do selects.append(dbt_llm._golden_select(name=name, column=column, golden=golden, candidate=candidate)) -%}
    {%- endfor -%}
    {%- if verdicts is not none -%}
        {%- do selects.append(dbt_llm._unusable_verdicts_select(
            sample=sample, verdicts=verdicts, golden=golden, candidate=candidate
        )) -%}
    {%- endif -%}
{{ head }},

{{ markers.result }}
llm_outcomes as (
    select
        golden_key,
        golden_source,
        case
            when _dbt_llm_prompt is null then 'skipped'
            when _dbt_llm_is_pending then 'pending'
            when _dbt_llm_reason is not null then 'quarantined'
            else 'succeeded'
        end as llm_status,
        _dbt_llm_reason as llm_reason,
        _dbt_llm_request_key as llm_request_key
        {%- for name, column in golden.columns.items() %},
        expected_{{ name }},
        has_expected_{{ name }},
        case
            when _dbt_llm_reason is null then {{ dbt_llm._answered_text(dbt_llm._value_column(name), column.kind) }}
        end as answered_{{ name }}
        {%- endfor %}
    from llm_validated
)

{{ selects | join('\n\nunion all\n\n') }}
{{ markers.end }}
{%- endmacro -%}

{#
    The rows that a candidate is asked about, as a subquery: the golden set's and the reviewers'. The columns of the prompt are
    texts, as the prompt would cast them, so that the request is the task's own; so are the expected values.
#}
{%- macro _golden_input(relation, sample, verdicts, golden, task) -%}
    {%- set marker = dbt_llm._golden_markers().golden_set -%}
    {%- set names = dbt_llm._template_columns(task.prompt) -%}
(
    select
        {{ dbt_llm._row_key(golden.key) }} as golden_key,
        'golden' as golden_source
        {%- for name in names %},
        {{ dbt_llm.text_of(dbt_llm.column_name(name)) }} as {{ dbt_llm.column_name(name) }}
        {%- endfor %}
        {%- for name, column in golden.columns.items() %},
        {%- set expected = dbt_llm.text_of('expected_' ~ name) %}
        {{ 'lower(' ~ expected ~ ')' if column.labels == ['true', 'false'] and column.kind == 'label' else expected }} as expected_{{ name }},
        {{ 'true' if column.may_be_null else 'expected_' ~ name ~ ' is not null' }} as has_expected_{{ name }}
        {%- endfor %}
    from {{ marker }} {{ relation }} {{ marker }}
    {%- if verdicts is not none %}
    union all
    select
        request_key as golden_key,
        'verdict' as golden_source
        {%- for name in names %},
        {{ dbt_llm.json_text(dbt_llm.json_member(dbt_llm.parse_json('max(input)'), name | lower)) }} as {{ dbt_llm.column_name(name) }}
        {%- endfor %}
        {%- for name, column in golden.columns.items() %},
        max(case when column_name = {{ dbt_llm.string_literal(name) }} then expected end) as expected_{{ name }},
        max(case when column_name = {{ dbt_llm.string_literal(name) }} then 1 else 0 end) = 1 as has_expected_{{ name }}
        {%- endfor %}
    from (
    {{ dbt_llm._judged_verdicts(sample=sample, verdicts=verdicts, golden=golden, task=task) }}
    ) as judged
    where unusable_because is null
    group by request_key
    {%- endif %}
) as golden_rows
{%- endmacro -%}

{# The key of a row as one text, of one column or several. #}
{%- macro _row_key(columns) -%}
    {%- set texts = [] -%}
    {%- for column in columns -%}
        {%- do texts.append(dbt_llm.text_of(column)) -%}
        {%- if not loop.last -%}
            {%- do texts.append(dbt_llm.string_literal('|')) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(dbt_llm.concat_text(texts)) }}
{%- endmacro -%}

{#
    The rows of one evaluated column: what was expected, what was answered, and whether it is right. What has no answer yet is
    neither right nor wrong; what is in quarantine is wrong.
#}
{%- macro _golden_select(name, column, golden, candidate) -%}
    {%- set expected = 'expected_' ~ name -%}
    {%- set answered = 'answered_' ~ name -%}
    {%- set expected_json = dbt_llm.parse_json(expected) -%}
    {%- set answered_json = dbt_llm.parse_json(answered) -%}
    {%- set no_number = 'cast(null as ' ~ dbt_llm.column_type({'type': 'number'}) ~ ')' -%}
    {%- set no_size = 'cast(null as ' ~ dbt_llm.column_type({'type': 'integer'}) ~ ')' -%}
    {%- set deviation = dbt_llm.json_number(answered_json) ~ ' - ' ~ dbt_llm.json_number(expected_json) -%}
    {%- set sizes = {
        'expected_size': dbt_llm.json_set_size(expected_json),
        'answered_size': dbt_llm.json_set_size(answered_json),
        'common_size': dbt_llm.json_common_size(answered_json, expected_json),
    } -%}
    {#- Two doubles that differ by the tolerance on paper may differ by a little more as doubles. -#}
    {%- set is_right = {
        'label': answered ~ ' = ' ~ expected,
        'text': answered ~ ' = ' ~ expected,
        'number': 'abs(' ~ deviation ~ ') <= ' ~ golden.tolerance.get(name, 0) ~ ' + 0.000000001',
        'array': sizes.answered_size ~ ' = ' ~ sizes.expected_size ~ ' and ' ~ sizes.common_size ~ ' = ' ~ sizes.expected_size,
    }[column.kind] -%}
select
    {{ dbt_llm.string_literal(golden.of) }} as task,
    {{ dbt_llm.string_literal(candidate.name) }} as candidate,
    {{ dbt_llm.string_literal(candidate.task.model_name) }} as model_name,
    golden_key,
    golden_source,
    {{ dbt_llm.string_literal(name) }} as column_name,
    {{ dbt_llm.string_literal(column.kind) }} as kind,
    {{ expected }} as expected,
    {{ answered }} as answered,
    case
        when llm_status = 'pending' then cast(null as {{ dbt_llm.column_type({'type': 'boolean'}) }})
        when llm_status = 'succeeded' and {{ expected }} is null and {{ answered }} is null then true
        when llm_status = 'succeeded' and {{ is_right }} then true
        else false
    end as is_correct,
    {{ deviation if column.kind == 'number' else no_number }} as deviation,
    {%- for size, expression in sizes.items() %}
    {{ 'cast(' ~ expression ~ ' as ' ~ dbt_llm.column_type({'type': 'integer'}) ~ ')' if column.kind == 'array' else no_size }} as {{ size }},
    {%- endfor %}
    llm_status,
    llm_reason,
    llm_request_key,
    {{ dbt_llm._prompt_version(candidate.task) }} as llm_prompt_version
from llm_outcomes
where has_expected_{{ name }}
{%- endmacro -%}

{# A value of a completion as the text that is held against the expected one; NULL for null. #}
{%- macro _answered_text(json_expression, kind) -%}
    {%- if kind == 'array' -%}
        {{ return('case when ' ~ dbt_llm.json_is(json_expression, 'array') ~ ' then ' ~ dbt_llm.json_document(json_expression) ~ ' end') }}
    {%- endif -%}
    {{ return(dbt_llm.json_text(json_expression)) }}
{%- endmacro -%}

{# The columns of a golden model's table. #}
{%- macro _golden_columns() -%}
    {{ return([
        'task', 'candidate', 'model_name', 'golden_key', 'golden_source', 'column_name', 'kind', 'expected', 'answered',
        'is_correct', 'deviation', 'expected_size', 'answered_size', 'common_size', 'llm_status', 'llm_reason',
        'llm_request_key', 'llm_prompt_version',
    ]) }}
{%- endmacro -%}

{# Comments in the compiled SQL of a golden model by which its hook finds the golden set, and where each candidate begins. #}
{%- macro _golden_markers() -%}
    {{ return({'golden_set': '/* dbt_llm: golden set */', 'candidate': '/* dbt_llm: candidate '}) }}
{%- endmacro -%}
