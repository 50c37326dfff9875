{# Send a task's quarantined requests round again: the next run pays for them anew. #}
{%- macro requeue(task, reason=none, repair=none) -%}
    {%- if execute -%}
        {%- set node = dbt_llm._find_task('requeue', task, or_golden=true) -%}
        {%- set repairs = dbt_llm._requeue_repairs(task, (node.config.meta or {}).get('llm') or {}, repair) -%}
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
                'dbt_llm.requeue: nothing to requeue' ~ ('' if reasons else ', or it is requeued already') ~ '. Expected a reason of ' ~ task ~ "'s quarantine, one of "
                ~ dbt_llm._quoted_list(reasons) ~ "; got '" ~ reason ~ "'. Leave `reason` out to requeue all."
            ) -%}
        {%- endif -%}
        {%- set count = reasons[reason] if reason else reasons.values() | sum -%}
        {# The look-up above may have opened a transaction, which nobody would commit. #}
        {%- do dbt_llm.leave_transaction() -%}
        {# The answer that counted may be another environment's, of a later attempt than any here. #}
        {%- set latest = 'case when requeued.attempt > coalesce(known.latest, 0) then requeued.attempt else coalesce(known.latest, 1) end' -%}
        {#
            It says which attempts it supersedes, so that no clock decides whether it came after them. An answer that is to be repaired
            counts on, and only those before it do not: then it stands as it stood before its first repair. If what was asked after it
            has failed for good, nothing counts on.
        #}
        {%- set superseded = latest if not repairs else 'case when requeued.reason in ('
            ~ dbt_llm._literal_list(dbt_llm._unmendable_reasons()) ~ ') or requeued.attempt < known.latest then ' ~ latest ~ ' else ' ~ latest ~ ' - 1 end' -%}
        {%- do run_query(
            'insert into ' ~ responses ~ ' (request_key, task, prompt_version, status, error_class, attempt, supersedes_attempt,'
            ~ " invocation_id, responded_at)\nselect requeued.request_key, task, prompt_version, 'failed', 'requeued',"
            ~ ' ' ~ latest ~ ', ' ~ superseded ~ ', ' ~ dbt_llm.string_literal(invocation_id) ~ ', '
            ~ dbt_llm.current_utc() ~ '\nfrom ' ~ quarantine ~ ' as requeued\nleft join (select request_key, max(attempt) as latest from '
            ~ responses ~ ' group by request_key) as known on requeued.request_key = known.request_key\nwhere ' ~ selected
        ) -%}
        {%- do run_query('delete from ' ~ quarantine ~ ' where ' ~ selected) -%}
        {%- do log('dbt_llm.requeue: ' ~ task ~ ': ' ~ count ~ ' requests will be sent again by the next run, '
            ~ ('with what was wrong with their answers.' if repairs else 'in the same words.'), info=true) -%}
    {%- endif -%}
{%- endmacro -%}

{# Whether what is requeued is asked with the complaint: as the task says, unless `repair` says otherwise. #}
{%- macro _requeue_repairs(task, llm, repair) -%}
    {%- set of_task = llm.get('repair', 0) == 1 -%}
    {%- if repair is not none and repair is not boolean -%}
        {%- do exceptions.raise_compiler_error(
            "dbt_llm.requeue: repair is not a boolean. Expected true or false; got '" ~ repair ~ "'. Leave it out to do as the task says."
        ) -%}
    {%- elif repair and not of_task -%}
        {%- do exceptions.raise_compiler_error(
            'dbt_llm.requeue: ' ~ task ~ " has no `repair`. Expected `repair: 1` in its meta.llm; got none. Add it: what was refused is then asked for"
            ~ ' once more by its next run, also without a requeue.'
        ) -%}
    {%- endif -%}
    {{ return(of_task if repair is none else repair) }}
{%- endmacro -%}
