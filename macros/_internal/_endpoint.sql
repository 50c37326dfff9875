{#
    Resolve a logical endpoint for this target's adapter.
    Returns {'endpoint': mapping, 'faults': list}. `<key>_env` names an environment variable that overrides <key>;
    `api_key_env` alone stays a name, because a key never passes through Jinja.
#}
{%- macro _endpoint(name) -%}
    {%- set declared = var('dbt_llm_endpoints', {}) -%}
    {%- set adapter_name = dbt_llm.adapter_name() -%}
    {%- set where = "meta.llm.endpoint" -%}
    {%- if not name -%}
        {{ return({'endpoint': {}, 'faults': [
            where ~ ': missing. Expected one of ' ~ dbt_llm._quoted_list(declared) ~ '; got nothing'
        ]}) }}
    {%- elif name not in declared -%}
        {{ return({'endpoint': {}, 'faults': [
            where ~ ': no endpoint of that name in the var dbt_llm_endpoints. Expected one of '
            ~ dbt_llm._quoted_list(declared) ~ "; got '" ~ name ~ "'" ~ dbt_llm._did_you_mean(name, declared)
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
                {%- do endpoint.update({target_key: from_env}) -%}
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
    {%- for key in keys.required if key not in endpoint and key ~ '_env' not in declared[name][adapter_name] -%}
        {%- do faults.append(where ~ ": '" ~ key ~ "' is missing. Expected " ~ dbt_llm._quoted_list(keys.required)
            ~ '; got ' ~ dbt_llm._quoted_list(endpoint)) -%}
    {%- endfor -%}
    {{ return({'endpoint': endpoint, 'faults': faults}) }}
{%- endmacro -%}
