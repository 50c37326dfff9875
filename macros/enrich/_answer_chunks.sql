{# One pass over the work table. Adds to the outcome; what failed in passing, with attempts left, goes to `again`. #}
{%- macro _answer_chunks(work, stage, again, responses, task, outcome, is_second_pass=false) -%}
    {%- set sizes = run_query(
        'select count(*), coalesce(sum(' ~ dbt_llm.text_bytes('prompt') ~ '), 0) from ' ~ work
    ).rows[0] -%}
    {%- set requests = sizes[0] | int -%}
    {%- set bytes = (sizes[1] | int) / ([requests, 1] | max) -%}
    {%- set chunk = (task.endpoint.get('chunk_size') or dbt_llm.chunk_size() or requests) | int -%}
    {%- set passing = 'error_class in (' ~ dbt_llm._literal_list(dbt_llm._transient_error_classes()) ~ ') and attempt + 1 < ' ~ task.max_attempts -%}
    {%- do run_query('drop table if exists ' ~ again) -%}
    {%- do run_query('create table ' ~ again ~ ' as\nselect request_key, prompt, attempt from ' ~ work ~ ' where 1 = 0') -%}
    {%- set ns = namespace(done=0, reason=none) -%}
    {# A limit cuts chunks short; what the first answers really took then decides what else fits. #}
    {%- for _ in range((requests + chunk - 1) // ([chunk, 1] | max) + 8) -%}
        {%- set wanted = [chunk, requests - ns.done] | min -%}
        {%- set allowed = dbt_llm._affordable(task, outcome, bytes, wanted) -%}
        {%- set sending = dbt_llm._reserve(task, 0 if outcome.stopped else allowed.requests, allowed.each) -%}
        {%- set ns.reason = sending.reason or allowed.reason -%}
        {%- if sending.requests > 0 -%}
            {%- do dbt_llm._stage_answers(work, stage, task, first=ns.done + 1, last=ns.done + sending.requests) -%}
            {%- do dbt_llm._append_answers(stage, responses, task) -%}
            {%- do dbt_llm._release(task) -%}
            {%- set answers = '(\n' ~ dbt_llm._classified_answers(stage=stage, task=task) ~ '\n) as answers' -%}
            {%- set found = run_query(
                'select count(*), sum(case when error_class is null then 1 else 0 end), sum(case when ' ~ passing
                ~ " then 1 else 0 end), sum(case when error_class = 'throttled' then 1 else 0 end),"
                ~ ' coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0), min(error_message) from ' ~ answers
            ).rows[0] -%}
            {%- if found[2] | int > 0 -%}
                {%- do run_query(
                    'insert into ' ~ again ~ ' (request_key, prompt, attempt)\nselect request_key, prompt, attempt + 1\nfrom '
                    ~ answers ~ '\nwhere ' ~ passing
                ) -%}
            {%- endif -%}
            {%- do run_query('drop table if exists ' ~ stage) -%}
            {%- set ns.done = ns.done + sending.requests -%}
            {%- do outcome.update({
                'sent': outcome.sent + (found[0] | int),
                'calls': outcome.calls + (found[0] | int),
                'succeeded': outcome.succeeded + (found[1] | int),
                'failed': outcome.failed + (found[0] | int) - (found[1] | int) - (found[2] | int),
                'left': outcome.left + (found[2] | int),
                'throttled': outcome.throttled + (found[3] | int),
                'input_tokens': outcome.input_tokens + (found[4] | int),
                'output_tokens': outcome.output_tokens + (found[5] | int),
            }) -%}
            {%- do log(
                task.name ~ ': ' ~ ns.done ~ ' of ' ~ requests ~ ' requests answered, ' ~ outcome.failed ~ ' failed, '
                ~ outcome.left ~ ' to be tried again, ' ~ (outcome.input_tokens + outcome.output_tokens) ~ ' tokens',
                info=true
            ) -%}
            {# The second pass asks only what has just failed, which says nothing of the endpoint. #}
            {%- if found[1] | int == 0 and found[0] | int >= 20 and not is_second_pass -%}
                {%- do outcome.update({'stopped': 'throttled' if found[3] | int == found[0] | int else 'failed', 'message':
                    'dbt_llm.enrich: ' ~ task.name ~ ': not one of ' ~ found[0] ~ ' requests was answered. Expected an answer; got: '
                    ~ found[6] ~ ". Mend the cause; `dbt run-operation dbt_llm.requeue --args '{task: " ~ task.name
                    ~ "}'` sends again what is in quarantine."
                }) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if ns.done < requests and not outcome.stopped -%}
        {%- do outcome.update({'stopped': ns.reason}) -%}
    {%- endif -%}
    {%- do outcome.update({'left': outcome.left + requests - ns.done}) -%}
{%- endmacro -%}
