{# Send a task's quarantined requests round again: the next run pays for them anew. #}
{%- macro requeue(task, reason=none) -%}
    {%- if execute -%}
        {%- do dbt_llm._find_task('requeue', task, or_golden=true) -%}
        {%- if load_relation(dbt_llm._package_relation('dbt_llm__quarantine')) is none -%}
            {%- do exceptions.raise_compiler_error(
                "dbt_llm.requeue: the package's tables are not built. Expected them in this target; got none. Run the task first."
            ) -%}
        {%- endif -%}
        {%- set quarantine = dbt_llm._package_relation('dbt_llm__quarantine') -%}
        {%- set responses = dbt_llm._package_relation('dbt_llm__responses') -%}
        {%- set selected = "task = " ~ dbt_llm.string_literal(task)
            ~ (' and reason = ' ~ dbt_llm.string_literal(reason) if reason else '') -%}
        {%- set found = run_query(
            'select reason, count(*) from ' ~ quarantine ~ ' where task = ' ~ dbt_llm.string_literal(task)
            ~ ' group by reason order by reason'
        ).rows -%}
        {%- set reasons = {} -%}
        {%- for row in found -%}
            {%- do reasons.update({row[0]: row[1] | int}) -%}
        {%- endfor -%}
        {%- if reason and reason not in reasons -%}
            {%- do exceptions.raise_compiler_error(
                'dbt_llm.requeue: nothing to requeue. Expected a reason of ' ~ task ~ "'s quarantine, one of "
                ~ dbt_llm._quoted_list(reasons) ~ "; got '" ~ reason ~ "'. Leave `reason` out to requeue all."
            ) -%}
        {%- endif -%}
        {%- set count = reasons[reason] if reason else reasons.values() | sum -%}
        {# The look-up above may have opened a transaction, which nobody would commit. #}
        {%- do dbt_llm.leave_transaction() -%}
        {# The answer that counted may be another environment's, of a later attempt than any here. #}
        {%- set latest = 'case when requeued.attempt > coalesce(known.latest, 0) then requeued.attempt else coalesce(known.latest, 1) end' -%}
        {# It says which attempts it supersedes, so that no clock decides whether it came after them. #}
        {%- do run_query(
            'insert into ' ~ responses ~ ' (request_key, task, prompt_version, status, error_class, attempt, supersedes_attempt,'
            ~ " invocation_id, responded_at)\nselect requeued.request_key, task, prompt_version, 'failed', 'requeued',"
            ~ ' ' ~ latest ~ ', ' ~ latest ~ ', ' ~ dbt_llm.string_literal(invocation_id) ~ ', '
            ~ dbt_llm.current_utc() ~ '\nfrom ' ~ quarantine ~ ' as requeued\nleft join (select request_key, max(attempt) as latest from '
            ~ responses ~ ' group by request_key) as known on requeued.request_key = known.request_key\nwhere ' ~ selected
        ) -%}
        {%- do run_query('delete from ' ~ quarantine ~ ' where ' ~ selected) -%}
        {%- do log('dbt_llm.requeue: ' ~ task ~ ': ' ~ count ~ ' requests will be sent again by the next run.', info=true) -%}
    {%- endif -%}
{%- endmacro -%}
