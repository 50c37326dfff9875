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
    {%- set of_name = declared[name] if declared is mapping and name is string and name in declared else none -%}
    {%- if of_name is not mapping or of_name.get(adapter_name) is not mapping -%}
        {{ return({'endpoint': {}, 'faults': [dbt_llm._no_endpoint(name, declared, adapter_name)]}) }}
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
            {%- set from_env = env_var(value, '') if dbt_llm._is_variable_name(value) else none -%}
            {%- if from_env is none -%}
                {%- do faults.append(dbt_llm._no_variable(where ~ '.' ~ key)) -%}
            {%- elif from_env -%}
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
    {%- do faults.extend(dbt_llm._take_out_secrets(endpoint, where)) -%}
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

{# Why there is no such endpoint, in a sentence. #}
{%- macro _no_endpoint(name, declared, adapter_name) -%}
    {%- set where = 'meta.llm.endpoint' -%}
    {%- if declared is not mapping -%}
        {{ return("var dbt_llm_endpoints: not a mapping. Expected {name: {" ~ adapter_name ~ ": {model_name: …}}}; got something else") }}
    {%- elif not declared -%}
        {{ return("var dbt_llm_endpoints: not set. Expected the endpoint that meta.llm.endpoint names; got none. Add to dbt_project.yml: vars: {dbt_llm_endpoints: {"
            ~ (name or 'fast') ~ ': {' ~ adapter_name ~ ': {model_name: …}}}}, as docs/endpoints.md shows; below a project\'s name only its models see it, and neither plan nor doctor') }}
    {%- elif not name -%}
        {{ return(where ~ ': missing. Expected one of ' ~ dbt_llm._quoted_list(declared) ~ '; got nothing') }}
    {%- elif name is not string -%}
        {{ return(where ~ ": not a name. Expected one of " ~ dbt_llm._quoted_list(declared) ~ "; got '" ~ name ~ "'") }}
    {%- elif name not in declared -%}
        {{ return(where ~ ': no endpoint of that name in the var dbt_llm_endpoints. Expected one of '
            ~ dbt_llm._quoted_list(declared) ~ "; got '" ~ name ~ "'" ~ dbt_llm._did_you_mean(name, declared)) }}
    {%- elif declared[name] is mapping and adapter_name not in declared[name] -%}
        {{ return("var dbt_llm_endpoints." ~ name ~ ": no entry for this target's adapter. Expected '" ~ adapter_name
            ~ "'; got " ~ dbt_llm._quoted_list(declared[name]) ~ ". Add '" ~ adapter_name ~ "' below '" ~ name ~ "'") }}
    {%- endif -%}
    {{ return('var dbt_llm_endpoints.' ~ name ~ ': not a mapping of adapters. Expected {' ~ adapter_name ~ ": {model_name: …}}; got something else") }}
{%- endmacro -%}

{#
    Take out of an endpoint's entry what may be a secret and does not belong there, before anything is said, logged or sent to
    the database of it. Returns the faults, which show none of it.
#}
{%- macro _take_out_secrets(entry, where) -%}
    {%- set faults = [] -%}
    {%- if 'api_key_env' in entry and not dbt_llm._is_variable_name(entry.api_key_env) -%}
        {%- do entry.pop('api_key_env') -%}
        {%- do faults.append(dbt_llm._no_variable(where ~ '.api_key_env')) -%}
    {%- endif -%}
    {%- if 'base_url' in entry and ('@' in entry.base_url | string or '?' in entry.base_url | string or '#' in entry.base_url | string) -%}
        {%- do entry.update({'base_url': (entry.base_url | string).split('?')[0].split('#')[0].split('@') | last}) -%}
        {%- do faults.append(where ~ ".base_url: more than an address. Expected a URL such as 'http://localhost:11434/v1', without a name, password or query; "
            ~ "got one with them. A key goes into the variable that api_key_env names") -%}
    {%- endif -%}
    {{ return(faults) }}
{%- endmacro -%}

{# The fault of a value where the name of a variable belongs. It is not shown: it may be the key itself. #}
{%- macro _no_variable(where) -%}
    {{ return(where ~ ": not the name of an environment variable. Expected a name such as "
        ~ "OPENAI_API_KEY, which holds the value; got something else. Never write a key into a file") }}
{%- endmacro -%}

{#
    Has a text the form that names of environment variables have, and keys have not: all its letters upper or all lower case, and
    digits only in capitals with an underscore?
#}
{%- macro _is_variable_name(name) -%}
    {%- if name is not string or not dbt_llm._is_identifier(name) or name | length > 64 or (name != name | upper and name != name | lower) -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set ns = namespace(digits=0) -%}
    {%- for character in name if character in '0123456789' -%}
        {%- set ns.digits = ns.digits + 1 -%}
    {%- endfor -%}
    {{ return(ns.digits == 0 or (ns.digits <= 8 and name == name | upper and '_' in name)) }}
{%- endmacro -%}
