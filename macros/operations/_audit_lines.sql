{# The attempts of a request for a reader, as lines; those of further response sources too. #}
{%- macro _audit_lines(request_key) -%}
    {%- set own = dbt_llm._package_relation('dbt_llm__responses') -%}
    {%- set runs = dbt_llm._package_relation('dbt_llm__runs') -%}
    {%- set lines = ['  request ' ~ request_key] -%}
    {%- set total = namespace(attempts=0, usd=0, priced=0) -%}
    {%- for responses in [own] + var('dbt_llm_response_sources', []) -%}
        {%- set elsewhere = '' if loop.first else ', from ' ~ responses -%}
        {%- for found in run_query(dbt_llm._audit_query(request_key, responses, runs)).rows -%}
            {%- set names = [
                'attempt', 'status', 'error_class', 'error_message', 'completion', 'finish_reason', 'task', 'prompt_version', 'model_name',
                'response_model', 'engine', 'batch_id', 'requested_at', 'responded_at', 'latency_ms', 'input_tokens', 'output_tokens',
                'cost_usd', 'invocation_id', 'endpoint', 'started_at',
            ] -%}
            {%- set row = {} -%}
            {%- for name in names -%}
                {%- do row.update({name: found[loop.index0]}) -%}
            {%- endfor -%}
            {%- if row.error_class == 'requeued' -%}
                {%- do lines.append('  ' ~ row.responded_at ~ ' UTC: sent round again by a requeue, invocation ' ~ row.invocation_id) -%}
            {%- else -%}
                {%- set total.attempts = total.attempts + 1 -%}
                {%- if row.cost_usd is not none -%}
                    {%- set total.priced = total.priced + 1 -%}
                    {%- set total.usd = total.usd + (row.cost_usd | float) -%}
                {%- endif -%}
                {%- do lines.append('  ' ~ row.responded_at ~ ' UTC: attempt ' ~ row.attempt ~ ', ' ~ row.status
                    ~ elsewhere) -%}
                {%- do lines.extend(dbt_llm._table_lines(dbt_llm._audited_attempt(row), right=[])) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if total.attempts == 0 -%}
        {%- do lines.append('  No attempt is recorded: it waits for its first call, or was forgotten.') -%}
    {%- else -%}
        {%- do lines.append('  In all ' ~ total.attempts ~ (' attempt, ' if total.attempts == 1 else ' attempts, ')
            ~ (dbt_llm._usd(total.usd) ~ ' USD' if total.priced else 'at an endpoint without a price')) -%}
    {%- endif -%}
    {{ return(lines) }}
{%- endmacro -%}
