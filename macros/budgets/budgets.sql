{# The budgets as the var dbt_llm_budgets states them. #}

{#
    The budgets that a task must keep, the project's and its own, from the var dbt_llm_budgets: a list of {'name', 'task'
    (none: of all tasks), 'period', 'unit', 'cap', 'warn_at'}. Read as if it were right: _budget_faults says what is not.
#}
{%- macro _budgets(task_name) -%}
    {%- set declared = var('dbt_llm_budgets', {}) or {} -%}
    {%- set parts = [{'before': '', 'task': none, 'periods': declared}] -%}
    {%- set own = (declared.get('tasks') or {}).get(task_name) -%}
    {%- if own -%}
        {%- do parts.append({'before': task_name ~ '.', 'task': task_name, 'periods': own}) -%}
    {%- endif -%}
    {%- set budgets = [] -%}
    {%- for part in parts -%}
        {%- for period in ['day', 'month'] -%}
            {%- for unit, cap in (part.periods.get(period) or {}).items() -%}
                {%- do budgets.append({
                    'name': part.before ~ period ~ '.' ~ unit, 'task': part.task, 'period': period, 'unit': unit, 'cap': cap,
                    'warn_at': declared.get('warn_at', 0.8),
                }) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(budgets) }}
{%- endmacro -%}

{# What is wrong with the var dbt_llm_budgets, or keeps a task on this endpoint from being counted in USD. #}
{%- macro _budget_faults(task_name, endpoint, endpoint_name) -%}
    {%- set declared = var('dbt_llm_budgets', {}) -%}
    {%- set faults = [] -%}
    {%- if not declared -%}
        {{ return(faults) }}
    {%- elif declared is not mapping -%}
        {{ return(["var dbt_llm_budgets: not a mapping. Expected {day: {cost_usd: 20}}; got '" ~ declared ~ "'"]) }}
    {%- endif -%}
    {%- set warn_at = declared.get('warn_at', 0.8) -%}
    {%- if warn_at is not number or warn_at is boolean or warn_at <= 0 or warn_at > 1 -%}
        {%- do faults.append("var dbt_llm_budgets.warn_at: not a share. Expected a number above 0, up to 1; got '" ~ warn_at ~ "'") -%}
    {%- endif -%}
    {%- set parts = [{'where': 'var dbt_llm_budgets', 'known': ['day', 'month', 'tasks', 'warn_at'], 'periods': declared}] -%}
    {%- set tasks = declared.get('tasks') or {} -%}
    {%- if tasks is not mapping -%}
        {%- do faults.append("var dbt_llm_budgets.tasks: not a mapping. Expected {" ~ task_name ~ ": {day: {cost_usd: 5}}}; got '" ~ tasks ~ "'") -%}
    {%- else -%}
        {%- for name in (dbt_llm._versions_of_tasks(tasks) if tasks and graph is defined else []) -%}
            {%- do faults.append('var dbt_llm_budgets.tasks.' ~ name.model ~ ": a model with versions, whose tasks have names of their own. Expected '" ~ name.task
                ~ "'; got '" ~ name.model ~ "'") -%}
        {%- endfor -%}
        {%- for name, periods in tasks.items() -%}
            {%- do parts.append({'where': 'var dbt_llm_budgets.tasks.' ~ name, 'known': ['day', 'month'], 'periods': periods}) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- for part in parts -%}
        {%- if part.periods is not mapping -%}
            {%- do faults.append(part.where ~ ": not a mapping. Expected {day: {cost_usd: 5}}; got '" ~ part.periods ~ "'") -%}
        {%- else -%}
            {%- do faults.extend(dbt_llm._unknown_keys(part.where, part.periods, part.known)) -%}
            {%- for period in ['day', 'month'] if period in part.periods -%}
                {%- set caps = part.periods[period] -%}
                {%- if caps is not mapping -%}
                    {%- do faults.append(part.where ~ '.' ~ period ~ ": not a mapping. Expected {cost_usd: 20}; got '" ~ caps ~ "'") -%}
                {%- else -%}
                    {%- do faults.extend(dbt_llm._unknown_keys(part.where ~ '.' ~ period, caps, ['requests', 'cost_usd'])) -%}
                    {%- for unit, cap in caps.items() if cap is not number or cap is boolean or cap < 0 -%}
                        {%- do faults.append(part.where ~ '.' ~ period ~ '.' ~ unit ~ ": not a budget. Expected a number of at least 0; got '" ~ cap ~ "'") -%}
                    {%- endfor -%}
                {%- endif -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if not faults and endpoint and 'input_usd_per_million_tokens' not in endpoint
        and 'cost_usd' in dbt_llm._budgets(task_name) | map(attribute='unit') | list -%}
        {%- do faults.append(
            "var dbt_llm_budgets: what '" ~ task_name ~ "' spends cannot be counted. Expected 'input_usd_per_million_tokens' and "
            ~ "'output_usd_per_million_tokens' on endpoint '" ~ endpoint_name ~ "', or its price in the var dbt_llm_prices; got neither. "
            ~ 'Add them, 0 where it costs nothing'
        ) -%}
    {%- endif -%}
    {{ return(faults) }}
{%- endmacro -%}

{# Names of models, without a version, that stand in the place of their tasks' names: [{'model', 'task'}, …]. #}
{%- macro _versions_of_tasks(names) -%}
    {%- set found = [] -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.version and node.name in names -%}
        {%- do found.append({'model': node.name, 'task': dbt_llm._task_name_of(node)}) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro -%}

{# Budgets of tasks that are not here, in a sentence or none: their name may be wrong, or the task disabled on this target. #}
{%- macro _idle_budgets() -%}
    {%- set named = (var('dbt_llm_budgets', {}) or {}).get('tasks') or {} -%}
    {%- set tasks = dbt_llm._task_nodes(or_golden=true) if named else {} -%}
    {%- set words = [] -%}
    {%- for name in named if name not in tasks -%}
        {%- do words.append("'" ~ name ~ "'" ~ dbt_llm._did_you_mean(name, tasks)) -%}
    {%- endfor -%}
    {{ return('var dbt_llm_budgets.tasks: a budget of no task here, which limits nothing. Expected one of ' ~ dbt_llm._quoted_list(tasks) ~ '; got ' ~ (words | join(', ')) if words else none) }}
{%- endmacro -%}
