{# A task from the mapping in its model's config: found, checked and completed. #}

{#
    A task from the mapping that states it, checked and completed, under the name by which runs and responses know it. All
    faults, with those that the caller has found, are raised at once, of the subject.
#}
{%- macro _completed_task(macro_name, subject, name, llm, faults) -%}
    {%- set resolved = dbt_llm._endpoint(llm.endpoint) -%}
    {%- set faults = dbt_llm._task_faults(llm) + resolved.faults + faults
        + (dbt_llm._budget_faults(name, resolved.endpoint, llm.endpoint) if var('dbt_llm_budgets', none) else []) -%}
    {%- set limits = llm.limits if llm.limits is mapping else {} -%}
    {%- if 'cost_usd' in limits and resolved.endpoint
        and not ('input_usd_per_million_tokens' in resolved.endpoint and 'output_usd_per_million_tokens' in resolved.endpoint) -%}
        {%- do faults.append(
            "meta.llm.limits.cost_usd: the endpoint lacks prices. Expected 'input_usd_per_million_tokens' and "
            ~ "'output_usd_per_million_tokens' on endpoint '" ~ llm.endpoint ~ "'; got not both. Add them, or its price to the var dbt_llm_prices, or limit tokens"
        ) -%}
    {%- endif -%}
    {%- do dbt_llm._raise_faults(macro_name, subject, faults) -%}
    {%- set response_format = dbt_llm._response_format_of(llm) -%}
    {%- set prompt = llm.prompt.rstrip('\n') -%}
    {{ return({
        'name': name,
        'endpoint_name': llm.endpoint,
        'endpoint': resolved.endpoint,
        'model_name': resolved.endpoint.model_name,
        'prompt': prompt,
        'response_format': response_format,
        'response_schema': dbt_llm._response_schema(response_format),
        'dimensions': llm.dimensions if llm.kind == 'embedding' else none,
        'model_parameters': llm.model_parameters or {},
        'limits': limits,
        'max_attempts': llm.get('max_attempts', 3),
        'retries': llm.get('retries', 5),
        'store_prompts': llm.get('store_prompts', false),
        'keep_previous': llm.get('keep_previous', false),
        'repair': llm.get('repair', 0),
        'claim_minutes': dbt_llm._claim_minutes_of(llm),
        'filter': dbt_llm._filter_of(llm) if 'filter' in llm else none,
    }) }}
{%- endmacro -%}

{# What is wrong in meta.llm itself, whatever the target; of the model that is being rendered, unless it says `in_python`. #}
{%- macro _task_faults(llm, in_python=none) -%}
    {%- set of_all = ['endpoint', 'prompt', 'model_parameters', 'limits', 'max_attempts', 'retries', 'store_prompts', 'keep_previous', 'engine', 'deadline',
        'kind', 'claim_minutes'] -%}
    {%- set known = of_all + (['dimensions'] if 'kind' in llm else ['response_format', 'repair', 'review_rate', 'candidates', 'filter']) -%}
    {%- set in_python = in_python if in_python is not none else (model is defined and model.language == 'python') -%}
    {%- set faults = dbt_llm._unknown_keys('meta.llm', llm, known) -%}
    {%- if llm.prompt is not string or not llm.prompt -%}
        {%- do faults.append("meta.llm.prompt: not a text. Expected a prompt template with a column such as {body}; got "
            ~ dbt_llm._got(llm.prompt)) -%}
    {%- elif not dbt_llm._template_parts(llm.prompt) | selectattr('column', 'defined') | list -%}
        {%- do faults.append("meta.llm.prompt: names no column. Expected at least one such as {body}; got '" ~ llm.prompt[:60] ~ "'"
            ~ ('. Doubled braces stand for themselves: write a column in single ones' if '{{' in llm.prompt else '')) -%}
    {%- endif -%}
    {%- if 'kind' in llm -%}
        {%- do faults.extend(dbt_llm._embedding_faults(llm)) -%}
    {%- elif in_python and 'response_format' not in llm -%}
        {# A Pydantic class may stand in the model's code; the body fails where there is neither. #}
    {%- elif llm.response_format is not mapping or not llm.response_format -%}
        {%- do faults.append("meta.llm.response_format: not a mapping. Expected a mapping such as {has_pii: {type: boolean}}; got "
            ~ dbt_llm._got(llm.response_format)) -%}
    {%- else -%}
        {%- do faults.extend(dbt_llm._schema_faults(dbt_llm._response_schema(llm.response_format), 'meta.llm.response_format')) -%}
    {%- endif -%}
    {%- for key in ['model_parameters', 'limits'] if key in llm and llm[key] is not mapping -%}
        {%- do faults.append('meta.llm.' ~ key ~ ": not a mapping. Expected a mapping; got '" ~ llm[key] ~ "'") -%}
    {%- endfor -%}
    {%- if llm.limits is mapping -%}
        {%- set limit_names = ['requests', 'input_tokens', 'output_tokens', 'cost_usd'] -%}
        {%- do faults.extend(dbt_llm._unknown_keys('meta.llm.limits', llm.limits, limit_names)) -%}
        {%- for name, value in llm.limits.items() if name in limit_names and (value is not number or value is boolean or value < 0) -%}
            {%- do faults.append('meta.llm.limits.' ~ name ~ ": not a limit. Expected a number of at least 0; got '" ~ value ~ "'") -%}
        {%- endfor -%}
    {%- endif -%}
    {%- for key in ['max_attempts', 'retries'] if key in llm and (llm[key] is not integer or llm[key] < (1 if key == 'max_attempts' else 0)) -%}
        {%- do faults.append('meta.llm.' ~ key ~ ": not a count. Expected a whole number; got '" ~ llm[key] ~ "'") -%}
    {%- endfor -%}
    {%- for key in ['store_prompts', 'keep_previous'] if key in llm and llm[key] is not boolean -%}
        {%- do faults.append('meta.llm.' ~ key ~ ": not a boolean. Expected true or false; got '" ~ llm[key] ~ "'") -%}
    {%- endfor -%}
    {%- if 'repair' in llm -%}
        {%- do faults.extend(dbt_llm._repair_faults(llm)) -%}
    {%- endif -%}
    {%- if 'claim_minutes' in llm or var('dbt_llm_claim_minutes', none) -%}
        {%- do faults.extend(dbt_llm._claim_faults(llm, in_python)) -%}
    {%- endif -%}
    {%- if 'review_rate' in llm -%}
        {%- do faults.extend(dbt_llm._review_rate_faults(llm.review_rate, llm.response_format)) -%}
    {%- endif -%}
    {%- if 'filter' in llm -%}
        {%- do faults.extend(dbt_llm._filter_faults(llm)) -%}
    {%- endif -%}
    {%- if 'candidates' in llm -%}
        {%- do faults.extend(dbt_llm._candidate_faults(llm.candidates)) -%}
    {%- endif -%}
    {%- if llm.model_parameters is mapping -%}
        {%- do faults.extend(dbt_llm._parameter_faults(llm.model_parameters)) -%}
    {%- endif -%}
    {%- for name in ['model', 'messages', 'response_format', 'stream', 'n'] if llm.model_parameters is mapping and name in llm.model_parameters -%}
        {%- do faults.append("meta.llm.model_parameters." ~ name ~ ": dbt_llm sets this itself. Expected a parameter such as temperature; got '" ~ name ~ "'") -%}
    {%- endfor -%}
    {%- do faults.extend(dbt_llm._engine_faults(llm, in_python)) -%}
    {{ return(faults) }}
{%- endmacro -%}

{# Values of model parameters that YAML has read as something else than was written, or that no provider takes. #}
{%- macro _parameter_faults(parameters) -%}
    {%- set faults = [] -%}
    {%- for name, value in parameters.items() -%}
        {%- set where = 'meta.llm.model_parameters.' ~ name -%}
        {%- if name in ['max_tokens', 'max_completion_tokens', 'max_output_tokens'] and value is not none and (value is not number or value is boolean) -%}
            {%- do faults.append(where ~ ': not a number. Expected one such as 1000; got ' ~ dbt_llm._got(value)
                ~ ". In YAML, quotes make a text of a number, and 1e3 is one: write 1000, or {{ env_var('X') | int }}") -%}
        {%- elif value is number and value is not boolean and value * 0 != 0 -%}
            {%- do faults.append(where ~ ': not a finite number. Expected one such as 0.5 or 1000; got ' ~ value) -%}
        {%- elif value is number and value is not boolean and value != 0 and value | abs < 0.0001 -%}
            {%- do faults.append(where ~ ': a number has no one text in all engines. Expected 0, or at least 0.0001 in size; got ' ~ value ~ '. Round it') -%}
        {%- elif name in ['stop', 'stop_sequences'] and (value == '' or (value is not string and value is iterable and '' in value)) -%}
            {%- do faults.append(where ~ ': an empty text. Expected a text at which the model stops; got \'\'. dbt takes a line break off the end of a text in '
                ~ 'YAML: write one as "{{ \'\\n\' }}"') -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(faults) }}
{%- endmacro -%}

{# A task's table is rewritten row by row as answers come: that needs a key, and a strategy that replaces. #}
{%- macro _materialization_faults() -%}
    {%- set faults = [] -%}
    {%- set materialized = config.get('materialized') -%}
    {%- if materialized not in ['incremental', 'table', 'view', 'unit'] -%}
        {%- do faults.append(
            "config.materialized: a task cannot be this. Expected 'incremental', 'table' or 'view'; got '" ~ materialized ~ "'"
        ) -%}
    {%- elif materialized == 'incremental' -%}
        {%- if not config.get('unique_key') -%}
            {%- do faults.append(
                "config.unique_key: missing. Expected the column or columns that identify a row of the input; got nothing. "
                ~ "Add unique_key to the model's config, or a pending row could never be replaced by its answer"
            ) -%}
        {%- endif -%}
        {%- set strategy = config.get('incremental_strategy') or 'merge' -%}
        {%- if strategy not in ['merge', 'delete+insert'] -%}
            {%- do faults.append(
                "config.incremental_strategy: would duplicate or lose rows. Expected 'merge' or 'delete+insert'; got '" ~ strategy ~ "'"
            ) -%}
        {%- endif -%}
        {%- for key in ['merge_update_columns', 'merge_exclude_columns'] if config.get(key) -%}
            {%- do faults.append('config.' ~ key ~ ': would keep answers from their rows. Expected none; got ' ~ dbt_llm._got(config.get(key))
                ~ '. Take it off this model, or select the columns in one that reads it') -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(faults) }}
{%- endmacro -%}

{# What a dbt model says of its task, in its YAML or its config; none where it is no task. #}
{%- macro _llm_of(node) -%}
    {%- set llm = (node.config.meta or {}).get('llm') -%}
    {{ return(dbt_llm._as_dbt_1_reads(llm, dbt_llm._written_llm(node)) if dbt_llm._is_dbt_2() else llm) }}
{%- endmacro -%}

{# The same as it is written in YAML, before dbt renders it; empty where it is written elsewhere, or dbt does not tell. #}
{%- macro _written_llm(node) -%}
    {%- set meta = (node.unrendered_config or {}).get('meta') -%}
    {{ return((meta.get('llm') if meta is mapping else none) or {}) }}
{%- endmacro -%}

{%- macro _is_dbt_2() -%}
    {{ return(dbt_version.split('.')[0] | int >= 2) }}
{%- endmacro -%}

{#
    A value as dbt 1 reads what is `written` in YAML: it takes one line break off the end of each text, which a block has, and makes \n
    of each. dbt 2 leaves them, and the same file would make another request.
#}
{%- macro _as_dbt_1_reads(value, written) -%}
    {%- if value is string and written is string -%}
        {%- set text = value | replace('\r\n', '\n') | replace('\r', '\n') if written == value else value -%}
        {{ return(text[:-1] if text[-1:] == '\n' and written[-1:] in ['\n', '\r'] else text) }}
    {%- elif value is mapping and written is mapping -%}
        {%- set read = {} -%}
        {%- for key, item in value.items() -%}
            {%- do read.update({key: dbt_llm._as_dbt_1_reads(item, written.get(key))}) -%}
        {%- endfor -%}
        {{ return(read) }}
    {%- elif value is sequence and value is not string and value is not mapping and written is sequence and written | length == value | length -%}
        {%- set read = [] -%}
        {%- for item in value -%}
            {%- do read.append(dbt_llm._as_dbt_1_reads(item, written[loop.index0])) -%}
        {%- endfor -%}
        {{ return(read) }}
    {%- endif -%}
    {{ return(value) }}
{%- endmacro -%}

{# The name of the task that a dbt model is, by its node: the model's, and its version where it has one. #}
{%- macro _task_name_of(node) -%}
    {{ return(node.name ~ ('.v' ~ node.version if node.version else '')) }}
{%- endmacro -%}

{# The dbt models that are tasks, or, if wanted, golden models: {name: node}. #}
{%- macro _task_nodes(or_golden=false) -%}
    {%- set tasks = {} -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' -%}
        {%- set meta = node.config.meta or {} -%}
        {%- if meta.get('llm') or (or_golden and meta.get('llm_golden')) -%}
            {%- do tasks.update({dbt_llm._task_name_of(node): node}) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(tasks) }}
{%- endmacro -%}

{#
    The node of the dbt model that is the task of that name, or, if wanted, the golden model; an error that names the near ones
    where there is none.
#}
{%- macro _find_task(macro_name, task, or_golden=false) -%}
    {%- set tasks = dbt_llm._task_nodes(or_golden) -%}
    {%- if task not in tasks -%}
        {%- do exceptions.raise_compiler_error(
            'dbt_llm.' ~ macro_name ~ ': no such task. Expected the name of a dbt model with config.meta.llm, one of '
            ~ dbt_llm._quoted_list(tasks) ~ "; got '" ~ task ~ "'" ~ dbt_llm._did_you_mean(task, tasks)
        ) -%}
    {%- endif -%}
    {{ return(tasks[task]) }}
{%- endmacro -%}
