{# The columns of the package's tables, with their types. #}

{#
    The columns of each table, with their kinds, as a text: {table: 'column kind, …'}. A column is never taken away or renamed, and a new one goes to the
    end: users' tables have them. As a mapping it would take Jinja longer to compile than all else that a table asks for, and as JSON dbt 2 would sort it.
#}
{%- macro _package_table_columns() -%}
    {%- set tables -%}
dbt_llm__responses:
    request_key text, task text, model_name text, prompt_version text, status text, completion text, error_class text, error_message text,
    finish_reason text, input_tokens whole, output_tokens whole, cost_usd number, latency_ms whole, attempt whole, engine text,
    response_model text, batch_id text, invocation_id text, requested_at timestamp, responded_at timestamp, prompt text,
    cached_input_tokens whole, estimated_cost_usd number, supersedes_attempt whole

dbt_llm__embeddings:
    request_key text, model_name text, dimensions whole, vector vector, invocation_id text, embedded_at timestamp

dbt_llm__runs:
    task text, invocation_id text, endpoint text, model_name text, prompt_version text, engine text, input_rows whole, distinct_requests whole,
    pending_requests whole, sent_requests whole, calls whole, succeeded_requests whole, failed_requests whole, left_requests whole,
    throttled_calls whole, input_tokens whole, output_tokens whole, cost_usd number, stop_reason text, message text, started_at timestamp,
    finished_at timestamp, prompt_rows whole, estimated_input_tokens whole, estimated_output_tokens whole, estimated_cost_usd number,
    repair_requests whole, filtered_requests whole

dbt_llm__quarantine:
    task text, request_key text, prompt_version text, reason text, input_rows whole, completion text, error_message text, model_name text,
    attempt whole, responded_at timestamp, invocation_id text

dbt_llm__reservations:
    task text, invocation_id text, requests whole, cost_usd number, reserved_at timestamp

dbt_llm__claims:
    request_key text, task text, invocation_id text, is_held boolean, claim_minutes whole, claimed_at timestamp

dbt_llm__review_sample:
    task text, request_key text, row_key text, prompt_version text, model_name text, status text, reason text, drawn_for text, input text,
    output text, input_rows whole, responded_at timestamp, invocation_id text, sampled_at timestamp

dbt_llm__output_distribution:
    task text, invocation_id text, prompt_version text, model_name text, column_name text, statistic text, label text, value number,
    standard_deviation number, input_rows whole, distinct_requests whole, measured_at timestamp

dbt_llm__batches:
    batch_key text, sequence whole, state text, is_open boolean, task text, endpoint text, provider text, model_name text, prompt_version text,
    batch_id text, input_id text, requests whole, estimated_input_tokens whole, absences whole, succeeded_requests whole, failed_requests whole,
    input_tokens whole, output_tokens whole, cost_usd number, message text, invocation_id text, intended_at timestamp, recorded_at timestamp

dbt_llm__batch_requests:
    batch_key text, custom_id text, request_key text, attempt whole, prompt text, recorded_at timestamp

dbt_llm__calibration:
    probe text, question text, function_name text, requests whole, adapter text, endpoint text, model_name text, statement text, result text,
    error text, dbt_version text, database_version text, invocation_id text, ran_at timestamp

dbt_llm__evaluations:
    task text, golden text, candidate text, prompt_version text, model_name text, column_name text, kind text, n whole, correct whole,
    accuracy number, accuracy_low number, accuracy_high number, macro_f1 number, mean_jaccard number, micro_precision number,
    micro_recall number, micro_f1 number, mean_absolute_error number, root_mean_square_error number, null_share number, quarantine_share number,
    unanswered whole, unusable_verdicts whole, invocation_id text, evaluated_at timestamp

dbt_llm__evaluation_labels:
    task text, golden text, candidate text, prompt_version text, model_name text, column_name text, label text, support whole,
    true_positives whole, false_positives whole, false_negatives whole, label_precision number, label_recall number, label_f1 number,
    invocation_id text, evaluated_at timestamp

dbt_llm__evaluation_confusion:
    task text, golden text, candidate text, prompt_version text, model_name text, column_name text, expected_label text, answered_label text,
    n whole, invocation_id text, evaluated_at timestamp

dbt_llm__evaluation_rows:
    task text, golden text, candidate text, prompt_version text, model_name text, golden_key text, golden_source text, column_name text,
    expected text, answered text, is_correct boolean, deviation number, status text, reason text, request_key text, invocation_id text,
    evaluated_at timestamp

dbt_llm__filters:
    filter_version text, task text, model_name text, prompt_version text, label_column text, label_values text, embedding_model text,
    dimensions whole, intercept number, coefficients numbers, threshold number, stated_recall number, stated_confidence number,
    proven_recall number, positives whole, positives_needed whole, passed_share number, learned_rows whole, held_out_rows whole, message text,
    trained_at timestamp

dbt_llm__filter_audit:
    task text, filter_version text, request_key text, score number, is_passed boolean, is_wanted boolean, invocation_id text,
    audited_at timestamp
    {%- endset -%}
    {%- set columns = {} -%}
    {%- for table in tables.strip().split('\n\n') -%}
        {%- do columns.update({table.split(':')[0] | trim: table.split(':')[1]}) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro -%}

{# {column: type} of a table. #}
{%- macro _package_columns(table) -%}
    {%- set types = {} -%}
    {%- set columns = {} -%}
    {%- for column in dbt_llm._package_table_columns()[table].split(',') -%}
        {%- set name, kind = column.split() -%}
        {%- if kind not in types -%}
            {%- do types.update({kind: dbt_llm._type_of_kind(kind)}) -%}
        {%- endif -%}
        {%- do columns.update({name: types[kind]}) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro -%}

{# This target's type for a kind of column. #}
{%- macro _type_of_kind(kind) -%}
    {%- if kind == 'text' -%}
        {{ return(dbt.type_string()) }}
    {%- elif kind == 'whole' -%}
        {{ return(dbt.type_bigint()) }}
    {%- elif kind == 'boolean' -%}
        {{ return(dbt.type_boolean()) }}
    {%- elif kind == 'timestamp' -%}
        {{ return(dbt.type_timestamp()) }}
    {%- endif -%}
    {{ return(dbt_llm.column_type({'type': 'array', 'items': {'type': 'number'}} if kind == 'numbers' else {'type': kind})) }}
{%- endmacro -%}
