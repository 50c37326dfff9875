{# The endpoint that a task names, as this target's adapter has it. #}

{#
    Resolve a logical endpoint for this target's adapter.
    Returns {'endpoint': mapping, 'faults': list}; without prices of its own, an endpoint has those of the list.
    `<key>_env` names an environment variable that overrides <key>; `api_key_env` alone stays a name, because a key never
    passes through Jinja.
#}
{%- macro _endpoint(name) -%}
    {%- set declared = var('dbt_llm_endpoints', {}) -%}
    {%- set adapter_name = dbt_llm.adapter_name() -%}
    {%- set where = 'meta.llm.endpoint' -%}
    {%- if declared is not mapping -%}
        {{ return({'endpoint': {}, 'faults': [
            "var dbt_llm_endpoints: not a mapping. Expected {name: {" ~ adapter_name ~ ": {model_name: …}}}; got '" ~ declared ~ "'"
        ]}) }}
    {%- elif not declared -%}
        {{ return({'endpoint': {}, 'faults': [
            "var dbt_llm_endpoints: not set. Expected the endpoint that meta.llm.endpoint names; got none. Add to dbt_project.yml: vars: {dbt_llm_endpoints: {"
            ~ (name or 'fast') ~ ': {' ~ adapter_name ~ ': {model_name: …}}}}, as docs/endpoints.md shows'
        ]}) }}
    {%- elif name and name is not string -%}
        {{ return({'endpoint': {}, 'faults': [where ~ ": not a name. Expected one of " ~ dbt_llm._quoted_list(declared) ~ "; got '" ~ name ~ "'"]}) }}
    {%- elif not name -%}
        {{ return({'endpoint': {}, 'faults': [
            where ~ ': missing. Expected one of ' ~ dbt_llm._quoted_list(declared) ~ '; got nothing'
        ]}) }}
    {%- elif name not in declared -%}
        {{ return({'endpoint': {}, 'faults': [
            where ~ ': no endpoint of that name in the var dbt_llm_endpoints. Expected one of '
            ~ dbt_llm._quoted_list(declared) ~ "; got '" ~ name ~ "'" ~ dbt_llm._did_you_mean(name, declared)
        ]}) }}
    {%- elif declared[name] is not mapping or (adapter_name in declared[name] and declared[name][adapter_name] is not mapping) -%}
        {{ return({'endpoint': {}, 'faults': [
            'var dbt_llm_endpoints.' ~ name ~ ': not a mapping of adapters. Expected {' ~ adapter_name ~ ": {model_name: …}}; got '"
            ~ declared[name] ~ "'"
        ]}) }}
    {%- elif adapter_name not in declared[name] -%}
        {{ return({'endpoint': {}, 'faults': [
            "var dbt_llm_endpoints." ~ name ~ ": no entry for this target's adapter. Expected '" ~ adapter_name
            ~ "'; got " ~ dbt_llm._quoted_list(declared[name]) ~ ". Add '" ~ adapter_name ~ "' below '" ~ name ~ "'"
        ]}) }}
    {%- endif -%}
    {%- set keys = dbt_llm.endpoint_keys() -%}
    {%- set faults = [] -%}
    {%- set endpoint = {} -%}
    {%- set known = keys.required + keys.optional -%}
    {%- set where = 'var dbt_llm_endpoints.' ~ name ~ '.' ~ adapter_name -%}
    {%- for key, value in declared[name][adapter_name].items() -%}
        {%- set target_key = key[:-4] if key[-4:] == '_env' and key not in known else key -%}
        {%- if target_key not in known -%}
            {%- do faults.extend(dbt_llm._unknown_keys(where, [key], known)) -%}
        {%- elif target_key != key -%}
            {%- set from_env = env_var(value, '') -%}
            {%- if from_env -%}
                {%- do endpoint.update({target_key: (from_env | float) if target_key in keys.numbers else from_env}) -%}
            {%- elif target_key not in declared[name][adapter_name] -%}
                {%- do faults.append(
                    where ~ '.' ~ key ~ ": the environment variable is not set. Expected a value in '" ~ value
                    ~ "'; got nothing. Set it, or give '" ~ target_key ~ "' as well, as the fallback"
                ) -%}
            {%- endif -%}
        {%- elif key not in endpoint -%}
            {%- do endpoint.update({key: value}) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if 'api_key_env' in endpoint and not dbt_llm._is_identifier(endpoint.api_key_env | string) -%}
        {# Not shown: it may be the key itself. #}
        {%- do endpoint.pop('api_key_env') -%}
        {%- do faults.append(where ~ ".api_key_env: not the name of an environment variable. Expected a name such as "
            ~ "OPENAI_API_KEY, which holds the key; got something else. Never write a key into a file") -%}
    {%- endif -%}
    {%- for key in keys.numbers if key in endpoint and (endpoint[key] is not number or endpoint[key] is boolean) -%}
        {%- do faults.append(where ~ '.' ~ key ~ ": not a number. Expected a number; got '" ~ endpoint[key] ~ "'") -%}
    {%- endfor -%}
    {%- if endpoint.get('chunk_size', 1) is number and (endpoint.get('chunk_size', 1) < 1 or endpoint.get('chunk_size', 1) != endpoint.get('chunk_size', 1) | int) -%}
        {%- do faults.append(where ~ ".chunk_size: no such size. Expected a whole number of at least 1; got '" ~ endpoint.chunk_size ~ "'") -%}
    {%- endif -%}
    {%- for key, values in keys.get('choices', {}).items() if key in endpoint and endpoint[key] not in values -%}
        {%- do faults.append(where ~ '.' ~ key ~ ': no such value. Expected one of ' ~ dbt_llm._quoted_list(values)
            ~ "; got '" ~ endpoint[key] ~ "'" ~ dbt_llm._did_you_mean(endpoint[key] | string, values)) -%}
    {%- endfor -%}
    {%- for key in keys.required if key not in endpoint and key ~ '_env' not in declared[name][adapter_name]
        and keys.get('unless', {}).get(key, key) not in endpoint -%}
        {%- do faults.append(where ~ ": '" ~ key ~ "' is missing. Expected " ~ dbt_llm._quoted_list(keys.required)
            ~ '; got ' ~ dbt_llm._quoted_list(endpoint)) -%}
    {%- endfor -%}
    {{ return({'endpoint': dbt_llm._with_prices(endpoint, adapter_name), 'faults': faults}) }}
{%- endmacro -%}
