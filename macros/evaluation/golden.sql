{# Ask a task about the rows of a golden set, and hold its answers against what was expected. #}
{%- macro golden(relation, task, key=none, columns=none, tolerance=none, candidates=none, verdicts=none) -%}
    {%- set responses = dbt_llm._responses_of_model() -%}
    {%- set sample = ref('dbt_llm', 'dbt_llm__review_sample') -%}
    {%- for name in ['evaluations', 'evaluation_labels', 'evaluation_confusion', 'evaluation_rows'] -%}
        {%- do ref('dbt_llm', 'dbt_llm__' ~ name) -%}
    {%- endfor -%}
    {{ dbt_llm._add_golden_hooks({
        'task': task, 'key': key, 'columns': columns, 'tolerance': tolerance, 'candidates': candidates,
    }) }}
    {%- if not execute -%}
        {{ return('select * from ' ~ relation) }}
    {%- endif -%}
    {{ return(dbt_llm._golden_query(
        relation=relation, responses=responses, sample=sample,
        verdicts=verdicts if verdicts is not none else var('dbt_llm_verdicts', none), golden=dbt_llm._golden_set(),
    )) }}
{%- endmacro -%}

{#
    The hooks of a golden model, and in its meta what they need to know; the operation `evaluate` finds the golden models of a
    task by it.
#}
{%- macro _add_golden_hooks(options) -%}
    {{ config(
        meta={'llm_golden': options},
        pre_hook='{{ dbt_llm._resolve_golden() }}',
        post_hook='{{ dbt_llm._record_evaluation() }}',
    ) }}
{%- endmacro -%}

{#
    The pre-hook of a golden model: answer what its asked candidates have pending, each as a task's resolve() would. What was
    answered for the task costs nothing here, and the other way round.
#}
{%- macro _resolve_golden() -%}
    {%- if dbt_llm._writes_rows() -%}
        {%- set golden = dbt_llm._golden_set() -%}
        {%- do dbt_llm._check_golden_set(golden) -%}
        {%- for candidate in golden.candidates if candidate.is_asked -%}
            {%- do dbt_llm._resolve_task(candidate.task, dbt_llm._candidate_steps(compiled_code, candidate)) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro -%}

{# The steps of a candidate in the compiled SQL of a golden model, as _compiled_steps() gives a task's. #}
{%- macro _candidate_steps(sql, candidate) -%}
    {%- set markers = dbt_llm._markers() -%}
    {%- set own = sql.split(dbt_llm._golden_markers().candidate ~ candidate.name ~ ' */') -%}
    {%- if own | length != 2 -%}
        {%- do dbt_llm._raise_faults('golden', dbt_llm._task_name(), [
            "golden() is not the model's whole query. Expected nothing but `{{ dbt_llm.golden(…) }}` after the model's "
            ~ "config; got other SQL around it. Put further steps in a model of their own that refs this one"
        ]) -%}
    {%- endif -%}
    {%- set requests = own[1].split(markers.result)[0] | trim -%}
    {%- set input = own[1].split(markers.responses)[0] | trim -%}
    {{ return({'input': input[:-1], 'requests': requests[:-1]}) }}
{%- endmacro -%}

{# What can only be known from the golden set itself, asked before a cent is spent: its columns, and what it expects. #}
{%- macro _check_golden_set(golden) -%}
    {%- set subject = dbt_llm._task_name() -%}
    {%- do dbt_llm._prepare_package_tables('golden', subject, dbt_llm._task_tables() + [
        'dbt_llm__evaluations', 'dbt_llm__evaluation_labels', 'dbt_llm__evaluation_confusion', 'dbt_llm__evaluation_rows',
    ]) -%}
    {%- set relation = compiled_code.split(dbt_llm._golden_markers().golden_set)[1] | trim -%}
    {%- set present = dbt_llm.query_columns('select *\nfrom ' ~ relation) | map('lower') | list -%}
    {%- set faults = dbt_llm._private_name_faults('golden set', present) -%}
    {%- for name in golden.columns if 'expected_' ~ name | lower not in present -%}
        {%- do faults.append(
            "columns: the golden set does not say what is expected of '" ~ name ~ "'. Expected a column 'expected_" ~ name
            ~ "' beside " ~ dbt_llm._quoted_list(present) ~ '; got none. Add it, or name the columns to evaluate: columns=[…]'
        ) -%}
    {%- endfor -%}
    {%- for column in golden.key if column | lower not in present -%}
        {%- do faults.append("key: '" ~ column ~ "' is not a column of the golden set. Expected one of " ~ dbt_llm._quoted_list(present)
            ~ "; got '" ~ column ~ "'" ~ dbt_llm._did_you_mean(column, present)) -%}
    {%- endfor -%}
    {%- for candidate in golden.candidates -%}
        {%- for column in dbt_llm._template_columns(candidate.task.prompt) if column | lower not in present -%}
            {%- do faults.append(
                'prompt of ' ~ candidate.name ~ ': {' ~ column ~ '} is not a column of the golden set. Expected one of '
                ~ dbt_llm._quoted_list(present) ~ "; got '" ~ column ~ "'" ~ dbt_llm._did_you_mean(column, present)
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do dbt_llm._raise_faults('golden', subject, faults) -%}
    {# The golden query casts the prompt's columns before it hands them on, so their types are told by the set itself. #}
    {%- set steps = {'input': 'with llm_input as (\n    select *\n    from ' ~ relation ~ '\n)'} -%}
    {%- for candidate in golden.candidates if candidate.is_asked -%}
        {%- do faults.extend(dbt_llm._session_text_faults(candidate.task, steps)) -%}
    {%- endfor -%}
    {%- do dbt_llm._raise_faults('golden', subject, faults | unique | list) -%}
    {%- do dbt_llm._raise_faults('golden', subject, dbt_llm._expectation_faults(golden)) -%}
    {%- do dbt_llm.check_query(compiled_code) -%}
{%- endmacro -%}

{# Golden rows that no answer can meet, and keys that name more than one row: faults of the golden set, not of a prompt. #}
{%- macro _expectation_faults(golden) -%}
    {%- set sums = [
        'count(*) as row_count',
        'count(distinct golden_key) as key_count',
    ] -%}
    {%- for name, column in golden.columns.items() -%}
        {%- set expected = 'expected_' ~ name -%}
        {%- set impossible = expected ~ ' is not null and not (' ~ dbt_llm._is_possible_answer(expected, column) ~ ')' -%}
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

{# Could an answer be this text? A condition, for a text that is not NULL. #}
{%- macro _is_possible_answer(expected, column) -%}
    {%- set json = dbt_llm.parse_json(expected) -%}
    {%- if column.kind == 'label' -%}
        {{ return(expected ~ ' in (' ~ dbt_llm._literal_list(column.labels) ~ ')') }}
    {%- elif column.kind == 'number' -%}
        {{ return('coalesce(' ~ dbt_llm.json_is(json, 'number') ~ ', false)') }}
    {%- elif column.kind == 'array' and column.labels -%}
        {%- set other = 'coalesce(' ~ dbt_llm.json_text('element') ~ ', ' ~ dbt_llm.string_literal('') ~ ') not in (' ~ dbt_llm._literal_list(column.labels) ~ ')' -%}
        {{ return('coalesce(' ~ dbt_llm.json_is(json, 'array') ~ ' and not ' ~ dbt_llm.json_any_element(json, 'element', other) ~ ', false)') }}
    {%- elif column.kind == 'array' -%}
        {{ return('coalesce(' ~ dbt_llm.json_is(json, 'array') ~ ', false)') }}
    {%- endif -%}
    {{ return('true') }}
{%- endmacro -%}
