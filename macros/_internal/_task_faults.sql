{# What is wrong in meta.llm itself, whatever the target; of the model that is being rendered, unless it says `in_python`. #}
{%- macro _task_faults(llm, in_python=none) -%}
    {%- set known = [
        'endpoint', 'prompt', 'response_format', 'model_parameters', 'limits', 'max_attempts', 'retries', 'store_prompts',
        'engine', 'deadline', 'review_rate', 'candidates',
    ] -%}
    {%- set in_python = in_python if in_python is not none else model.language == 'python' -%}
    {%- set faults = dbt_llm._unknown_keys('meta.llm', llm, known) -%}
    {%- if llm.prompt is not string or not llm.prompt -%}
        {%- do faults.append("meta.llm.prompt: not a text. Expected a prompt template with a column such as {body}; got "
            ~ dbt_llm._got(llm.prompt)) -%}
    {%- elif not dbt_llm._template_parts(llm.prompt) | selectattr('column', 'defined') | list -%}
        {%- do faults.append("meta.llm.prompt: names no column. Expected at least one such as {body}; got '" ~ llm.prompt[:60] ~ "'") -%}
    {%- endif -%}
    {%- if in_python and 'response_format' not in llm -%}
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
    {%- if 'store_prompts' in llm and llm.store_prompts is not boolean -%}
        {%- do faults.append("meta.llm.store_prompts: not a boolean. Expected true or false; got '" ~ llm.store_prompts ~ "'") -%}
    {%- endif -%}
    {%- if 'review_rate' in llm -%}
        {%- do faults.extend(dbt_llm._review_rate_faults(llm.review_rate, llm.response_format)) -%}
    {%- endif -%}
    {%- if 'candidates' in llm -%}
        {%- do faults.extend(dbt_llm._candidate_faults(llm.candidates)) -%}
    {%- endif -%}
    {%- for name in ['model', 'messages', 'response_format', 'stream', 'n'] if llm.model_parameters is mapping and name in llm.model_parameters -%}
        {%- do faults.append("meta.llm.model_parameters." ~ name ~ ": dbt_llm sets this itself. Expected a parameter such as temperature; got '" ~ name ~ "'") -%}
    {%- endfor -%}
    {%- do faults.extend(dbt_llm._engine_faults(llm, in_python)) -%}
    {{ return(faults) }}
{%- endmacro -%}
