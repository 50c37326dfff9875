{# What is wrong with a task's input or tables, which only the database can tell. #}

{# What can only be known from the database, asked before a cent is spent. #}
{%- macro _check_before_spending(task, steps) -%}
    {%- set columns = dbt_llm.query_columns(steps.input ~ '\nselect *\nfrom llm_input') -%}
    {%- set faults = dbt_llm._column_faults(task, columns, model) -%}
    {%- if config.get('materialized') == 'incremental' -%}
        {%- if config.get('incremental_predicates') or config.get('predicates') -%}
            {%- do dbt_llm._warn('dbt_llm.enrich: ' ~ task.name ~ ': a row of the table that is outside of incremental_predicates is not replaced by its answer, '
                ~ 'which stands beside it. Expected none, or one that is true of all rows with the same unique_key, as of their day.') -%}
        {%- endif -%}
        {%- do faults.extend(dbt_llm._unique_key_faults(steps, columns)) -%}
        {%- do faults.extend(dbt_llm._schema_change_faults(task, columns)) -%}
    {%- endif -%}
    {%- do dbt_llm._raise_faults('enrich', task.name, faults) -%}
{%- endmacro -%}

{# What dbt would only find when it builds the table, after the money: asked where there is something to pay, as else dbt itself comes next. #}
{%- macro _check_result() -%}
    {%- do dbt_llm.check_query(compiled_code) -%}
    {%- if (config.get('contract') or {}).enforced -%}
        {%- do get_assert_columns_equivalent(compiled_code) -%}
    {%- endif -%}
{%- endmacro -%}

{# The template's names against the input's columns, and the columns that the task would add. `node`: the dbt model that is the task. #}
{%- macro _column_faults(task, columns, node) -%}
    {%- set faults = [] -%}
    {%- set inputs = columns | map('lower') | list -%}
    {%- for part in dbt_llm._template_parts(task.prompt) if part.column is defined and part.column | lower not in inputs -%}
        {%- do faults.append(
            'meta.llm.prompt: {' ~ part.column ~ '} is not a column of the input. Expected one of '
            ~ dbt_llm._quoted_list(inputs) ~ "; got '" ~ part.column ~ "'"
            ~ dbt_llm._did_you_mean(part.column, inputs) ~ '. For a literal brace write \\{' ~ part.column ~ '}'
        ) -%}
    {%- endfor -%}
    {%- for name in columns if not dbt_llm._is_identifier(name) and '{' ~ name ~ '}' in task.prompt | replace('{{' ~ name ~ '}}', '') -%}
        {%- do faults.append(
            'meta.llm.prompt: {' ~ name ~ "} would be sent as it stands, as a template's columns are letters from a to z, digits and underscores, and no digit first. Expected a column of such a name; got '"
            ~ name ~ "'. Rename it in the input"
        ) -%}
    {%- endfor -%}
    {#- In YAML dbt renders doubled braces, and a column is no variable of its own there. What stands in a {% raw %} is still there. #}
    {%- set written = tojson(dbt_llm._written_llm(node)) | lower | replace(' ', '') | replace('{{-', '{{') | replace('-}}', '}}') -%}
    {%- set read = tojson([task.prompt, task.response_format]) | lower | replace(' ', '') -%}
    {%- for name in inputs if ('{{' ~ name ~ '}}' in written or '{{' ~ name ~ '|' in written) and '{{' ~ name ~ '}}' not in read -%}
        {%- do faults.append(
            'meta.llm: {{ ' ~ name ~ ' }} is nothing to dbt, which renders it away before the task reads it. Expected a column in single braces, {'
            ~ name ~ '}; got {{ ' ~ name ~ ' }}'
        ) -%}
    {%- endfor -%}
    {%- set of_tasks = dbt_llm._status_columns() | select('in', inputs) | list -%}
    {%- if of_tasks -%}
        {%- do faults.append(
            'the input has columns that every task adds. Expected the rows of another task to be read as in '
            ~ "enrich(dbt_llm.valid(ref('the_other'))), which leaves them out, or none of them; got " ~ dbt_llm._quoted_list(of_tasks)
        ) -%}
    {%- endif -%}
    {#- DuckDB tells a second column of a name by a number; elsewhere it is an error. #}
    {%- if task.get('filter') and inputs | select('in', ['llm_filter_score_1', 'llm_filter_version_1']) | list -%}
        {%- do faults.append(
            "the input has the columns of another task's filter. Expected one filter for a row; got "
            ~ dbt_llm._quoted_list(dbt_llm._filter_columns()) ~ ' twice. Select the input without them'
        ) -%}
    {%- endif -%}
    {%- do faults.extend(dbt_llm._private_name_faults('input', inputs)) -%}
    {%- for name in task.response_schema.properties if name | lower in inputs -%}
        {%- do faults.append(
            "meta.llm.response_format: '" ~ name ~ "' is a column of the input already. Expected a name that is not one of "
            ~ dbt_llm._quoted_list(inputs) ~ "; got '" ~ name ~ "'. Rename one of the two"
        ) -%}
    {%- endfor -%}
    {{ return(faults) }}
{%- endmacro -%}

{# Columns under the names of the query's own: one called _dbt_llm_prompt would be sent in the prompt's place. #}
{%- macro _private_name_faults(what, columns) -%}
    {%- set private = [] -%}
    {%- for name in columns if name[:9] | lower == '_dbt_llm_' -%}
        {%- do private.append(name) -%}
    {%- endfor -%}
    {%- if private -%}
        {{ return([
            'the ' ~ what ~ " has columns of the query's own names. Expected none that begins with _dbt_llm_; got "
            ~ dbt_llm._quoted_list(private) ~ '. Rename them, or select the columns that are meant'
        ]) }}
    {%- endif -%}
    {{ return([]) }}
{%- endmacro -%}

{#
    Columns of the prompt whose text a setting of the session decides: under another one the same row would be another
    request, and paid again. They are looked at only where the session is set otherwise than the platform's default.
#}
{%- macro _session_text_faults(task, steps) -%}
    {%- set kinds = dbt_llm.session_texts() -%}
    {%- if not kinds -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set written = run_query('select ' ~ (kinds | map(attribute='probe') | join(', '))).rows[0] -%}
    {%- set unusual = [] -%}
    {%- for kind in kinds -%}
        {%- if written[loop.index0] not in kind.expected -%}
            {%- do unusual.append(dbt_llm._merged(kind, {'written': written[loop.index0]})) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if not unusual -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set names = [] -%}
    {%- for name in dbt_llm._template_columns(task.prompt) -%}
        {%- do names.append(dbt_llm.column_name(name)) -%}
    {%- endfor -%}
    {%- set faults = [] -%}
    {%- for column, type in dbt_llm.query_types(steps.input ~ '\nselect ' ~ (names | join(', ')) ~ '\nfrom llm_input').items() -%}
        {%- for kind in unusual -%}
            {%- set ns = namespace(type=type | lower, is_such=false) -%}
            {%- for word in kind.unless -%}
                {%- set ns.type = ns.type | replace(word, '') -%}
            {%- endfor -%}
            {%- for word in kind.types if word in ns.type -%}
                {%- set ns.is_such = true -%}
            {%- endfor -%}
            {%- if ns.is_such -%}
                {%- do faults.append(
                    'meta.llm.prompt: {' ~ column ~ '} is ' ~ type ~ ", whose text is the session's matter: in another session the same row "
                    ~ "would be paid again. Expected a value written as '" ~ kind.expected[0] ~ "'; got one written as '" ~ kind.written ~ "'. " ~ kind.remedy
                ) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(faults) }}
{%- endmacro -%}

{# A key that is not unique makes a merge fail, or doubles rows, after the money is spent. #}
{%- macro _unique_key_faults(steps, columns) -%}
    {%- set keys = dbt_llm._unique_key_columns() -%}
    {%- set missing = [] -%}
    {%- for key in keys if dbt_llm._is_identifier(key) and key | lower not in columns | map('lower') | list -%}
        {%- do missing.append(
            "config.unique_key: '" ~ key ~ "' is not a column of the input. Expected one of "
            ~ dbt_llm._quoted_list(columns) ~ "; got '" ~ key ~ "'" ~ dbt_llm._did_you_mean(key, columns)
        ) -%}
    {%- endfor -%}
    {%- for key in keys if not dbt_llm._is_identifier(key) and key in columns -%}
        {%- do missing.append("config.unique_key: '" ~ key ~ "' is no name that SQL takes as it stands. Expected it in the quotes of this database; got none. Write '"
            ~ dbt_llm.column_name(key) ~ "', in a model's own config or in YAML") -%}
    {%- endfor -%}
    {%- if missing -%}
        {{ return(missing) }}
    {%- endif -%}
    {%- set any_null = [] -%}
    {%- for key in keys -%}
        {%- do any_null.append(key ~ ' is null') -%}
    {%- endfor -%}
    {%- set found = run_query(
        steps.input
        ~ '\nselect\n    (select count(*) from llm_input where ' ~ (any_null | join(' or ')) ~ ') as null_count,'
        ~ '\n    (select count(*) from (select 1 as one from llm_input group by ' ~ (keys | join(', '))
        ~ ' having count(*) > 1) as repeated) as repeated_count'
    ).rows[0] -%}
    {%- set faults = [] -%}
    {%- if found[0] | int > 0 -%}
        {%- do faults.append(
            'config.unique_key: NULL in ' ~ found[0] ~ " rows of the input. Expected a value in every row of '"
            ~ (keys | join(', ')) ~ "'; got NULL. Filter those rows, or choose another key"
        ) -%}
    {%- endif -%}
    {%- if found[1] | int > 0 -%}
        {%- do faults.append(
            'config.unique_key: not unique in the input. Expected one row for each ' ~ (keys | join(', ')) ~ '; got '
            ~ found[1] ~ ' values with more than one. Deduplicate the input, or choose another key'
        ) -%}
    {%- endif -%}
    {{ return(faults) }}
{%- endmacro -%}

{#
    Answers that the table could not hold: of another type than its column, which would be falsified or lost, or a column
    that on_schema_change: ignore would drop.
#}
{%- macro _schema_change_faults(task, columns) -%}
    {%- set existing = load_relation(this) -%}
    {%- if existing is none or should_full_refresh() -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set faults = [] -%}
    {%- set standing = {} -%}
    {%- for column in adapter.get_columns_in_relation(existing) -%}
        {%- do standing.update({column.name | lower: column.data_type}) -%}
    {%- endfor -%}
    {%- for name, member in task.response_schema.properties.items() if name | lower in standing -%}
        {%- set type = dbt_llm.column_type(member) -%}
        {%- if dbt_llm._plain_type(type) != dbt_llm._plain_type(standing[name | lower]) -%}
            {%- do faults.append(
                "meta.llm.response_format: '" ~ name ~ "' has another type than the table's column, which would falsify or lose answers. Expected "
                ~ standing[name | lower] ~ '; got ' ~ type ~ '. Run once with --full-refresh, which drops no answer'
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set wanted = (columns + dbt_llm._output_columns(task.response_schema)) | map('lower') | list -%}
    {%- set added = wanted | reject('in', standing) | list -%}
    {%- set removed = standing.keys() | reject('in', wanted) | list -%}
    {%- if (added or removed) and (config.get('on_schema_change') or 'ignore') == 'ignore' -%}
        {%- do faults.append(
            "config.on_schema_change: 'ignore', but the table's columns differ: new " ~ dbt_llm._quoted_list(added) ~ ', gone '
            ~ dbt_llm._quoted_list(removed) ~ ". Expected 'append_new_columns' or 'sync_all_columns'; got 'ignore'. Set it, or run once "
            ~ 'with --full-refresh, which drops no answer'
        ) -%}
    {%- elif removed and config.get('on_schema_change') == 'append_new_columns' -%}
        {#- No dialect compares two rows by the columns that both have, so a row with one more is never as it would be written. #}
        {%- do dbt_llm._warn('dbt_llm.enrich: ' ~ task.name ~ ': the table keeps ' ~ dbt_llm._quoted_list(removed) ~ ', which the task no longer '
            ~ "writes, so every run writes all rows again; nothing is paid for it. Set on_schema_change: sync_all_columns, or run once with --full-refresh.") -%}
    {%- endif -%}
    {{ return(faults) }}
{%- endmacro -%}

{# A column type in one spelling, to be compared. #}
{%- macro _plain_type(type) -%}
    {{ return(dbt_llm.type_name(type | lower | replace('"', '') | replace('`', '') | replace(' ', ''))) }}
{%- endmacro -%}
