{# What a golden model evaluates: its task, key, response columns and candidates, checked. #}

{#
    What this golden model evaluates, from its meta and its task's, checked: {'of': the task's name, 'key': [columns],
    'columns': {name: …}, 'tolerance': {name: number}, 'candidates': [{'name', 'task', 'is_asked'}, …]}. The first candidate
    is the task as it stands. All faults are raised at once.
#}
{%- macro _golden_set() -%}
    {%- set options = (config.get('meta') or {}).get('llm_golden') -%}
    {%- set node = dbt_llm._find_task('golden', options.task) -%}
    {%- set llm = dbt_llm._llm_of(node) -%}
    {%- set subject = dbt_llm._task_name() -%}
    {%- set faults = [] -%}
    {%- if config.get('materialized') not in ['table', 'view'] -%}
        {%- do faults.append(
            "config.materialized: a golden set cannot be this. Expected 'table', or 'view', which never pays; got '"
            ~ config.get('materialized') ~ "'"
        ) -%}
    {%- endif -%}
    {%- set unique_key = options.key if options.key else node.config.get('unique_key') -%}
    {%- set key = [unique_key] if unique_key is string else (unique_key or []) -%}
    {%- if not key -%}
        {%- do faults.append(
            "key: missing. Expected the column that identifies a golden row, for the task '" ~ options.task
            ~ "' has no unique_key; got nothing. Add key='…' to golden()"
        ) -%}
    {%- endif -%}
    {%- set stated = dbt_llm._without_engine(llm) -%}
    {%- set standing = dbt_llm._completed_task(
        'golden', subject=options.task, name=subject, llm=stated, faults=dbt_llm._engine_model_faults(llm)
    ) -%}
    {%- set columns = dbt_llm._evaluated_columns(standing.response_schema, options.columns, faults) -%}
    {%- set tolerance = options.tolerance if options.tolerance is mapping else {} -%}
    {%- if options.tolerance is not none and options.tolerance is not mapping -%}
        {%- do faults.append("tolerance: not a mapping. Expected a mapping such as {confidence: 0.1}; got '" ~ options.tolerance ~ "'") -%}
    {%- endif -%}
    {%- for name, value in tolerance.items() -%}
        {%- if name not in columns or columns[name].kind != 'number' or value is not number or value is boolean or value < 0 -%}
            {%- do faults.append('tolerance.' ~ name ~ ": not a tolerance. Expected a number of at least 0 for an evaluated column of numbers; got '" ~ value ~ "'") -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set asked = dbt_llm._asked_candidates(options, llm, faults) -%}
    {%- do dbt_llm._raise_faults('golden', subject, faults) -%}
    {%- set candidates = [{'name': 'current', 'task': standing, 'is_asked': true}] -%}
    {%- for name, changes in (llm.candidates or {}).items() -%}
        {%- set changed = {} -%}
        {%- do changed.update(stated) -%}
        {%- do changed.update(changes) -%}
        {%- set task = dbt_llm._completed_task(
            'golden', subject=options.task ~ ', candidate ' ~ name, name=subject, llm=changed, faults=[]
        ) -%}
        {%- do dbt_llm._raise_faults('golden', options.task ~ ', candidate ' ~ name, dbt_llm._candidate_column_faults(task, columns)) -%}
        {%- do candidates.append({'name': name, 'task': task, 'is_asked': name in asked}) -%}
    {%- endfor -%}
    {{ return({'of': options.task, 'key': key, 'columns': columns, 'tolerance': tolerance, 'candidates': candidates}) }}
{%- endmacro -%}

{# A task as it stands for a SQL model: a Python task's engine and deadline say where it is asked, not what; and golden rows are all asked. #}
{%- macro _without_engine(llm) -%}
    {%- set stated = {} -%}
    {%- for key, value in llm.items() if key not in ['engine', 'deadline', 'filter'] -%}
        {%- do stated.update({key: value}) -%}
    {%- endfor -%}
    {{ return(stated) }}
{%- endmacro -%}

{# A golden model asks by the adapter's own entry of the endpoint; of a Python task it must be the same language model. #}
{%- macro _engine_model_faults(llm) -%}
    {%- set faults = [] -%}
    {%- if 'engine' in llm -%}
        {%- set asked = dbt_llm._endpoint(llm.endpoint).endpoint.get('model_name') -%}
        {%- for place, entry in dbt_llm._endpoint_entries(llm.endpoint).entries.items() if llm.engine in [place, 'auto'] and entry.model_name != asked -%}
            {%- do faults.append(
                'var dbt_llm_endpoints.' ~ llm.endpoint ~ ': the task asks another language model than its golden set would. Expected model_name '
                ~ dbt_llm._got(entry.model_name) ~ ", that of '" ~ place ~ "', for '" ~ dbt_llm.adapter_name() ~ "' too; got " ~ dbt_llm._got(asked)
            ) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(faults) }}
{%- endmacro -%}

{#
    The response columns that a golden set evaluates: {name: {'kind', 'labels', 'may_be_null'}}; all that can be judged where
    none are named. Adds to the faults.
#}
{%- macro _evaluated_columns(schema, names, faults) -%}
    {%- set columns = {} -%}
    {%- if names is not none and (names is string or names is mapping or names is not sequence) -%}
        {%- do faults.append("columns: not a list. Expected a list of response columns; got '" ~ names ~ "'") -%}
        {{ return(columns) }}
    {%- endif -%}
    {%- for name in (names if names is not none else schema.properties) -%}
        {%- if name not in schema.properties -%}
            {%- do faults.append(
                'columns: no such response column. Expected one of ' ~ dbt_llm._quoted_list(schema.properties) ~ "; got '" ~ name
                ~ "'" ~ dbt_llm._did_you_mean(name, schema.properties)
            ) -%}
        {%- else -%}
            {%- set member = schema.properties[name] -%}
            {%- set kind = dbt_llm._column_kind(member) -%}
            {%- if kind is not none -%}
                {%- do columns.update({name: {
                    'kind': kind, 'labels': dbt_llm._column_labels(member),
                    'may_be_null': true if member.get('nullable') else false,
                }}) -%}
            {%- elif names is not none -%}
                {%- do faults.append(
                    'columns.' ~ name ~ ": cannot be judged. Expected a label, a number, a text or an array of such; got '"
                    ~ member.type ~ "'. Evaluate its parts in a task of their own"
                ) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if not columns and not faults -%}
        {%- do faults.append('columns: none can be judged. Expected a label, a number, a text or an array of such; got none') -%}
    {%- endif -%}
    {{ return(columns) }}
{%- endmacro -%}

{#
    How a column is judged: `label` (a boolean, or one of some texts), `number`, `array` (as a set of scalars), `text` (exactly);
    none for what is not judged: an object, an array of them, a date with a time, whose texts differ for one instant.
#}
{%- macro _column_kind(schema) -%}
    {%- if schema.type == 'boolean' or (schema.type == 'string' and ('enum' in schema or 'const' in schema)) -%}
        {{ return('label') }}
    {%- elif schema.type in ['integer', 'number'] -%}
        {{ return('number') }}
    {%- elif schema.type == 'array' and schema['items'].type in ['string', 'integer', 'boolean'] -%}
        {{ return('array') }}
    {%- elif schema.type == 'string' and schema.get('format') != 'date-time' -%}
        {{ return('text') }}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro -%}

{# The labels that a column, or an item of it, may have, as texts; none where they are not numbered. #}
{%- macro _column_labels(schema) -%}
    {%- set values = schema['items'] if schema.type == 'array' else schema -%}
    {%- if values.type == 'boolean' -%}
        {{ return(['true', 'false']) }}
    {%- elif values.type != 'string' or not ('enum' in values or 'const' in values) -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return((values.enum if 'enum' in values else [values.const]) | reject('none') | list) }}
{%- endmacro -%}
