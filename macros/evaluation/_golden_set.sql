{#
    What this golden model evaluates, from its meta and its task's, checked: {'of': the task's name, 'key': [columns],
    'columns': {name: …}, 'tolerance': {name: number}, 'candidates': [{'name', 'task', 'is_asked'}, …]}. The first candidate
    is the task as it stands. All faults are raised at once.
#}
{%- macro _golden_set() -%}
    {%- set options = (config.get('meta') or {}).get('llm_golden') -%}
    {%- set node = dbt_llm._find_task('golden', options.task) -%}
    {%- set llm = node.config.meta.llm -%}
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
    {%- set stated = dbt_llm._asked_in_sql(llm) -%}
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
