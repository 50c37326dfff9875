{# Is an API's entry that of a server of one's own: a URL of this machine or of a private network, and no price for tokens? #}
{%- macro _is_own_server(entry) -%}
    {%- if entry.get('input_usd_per_million_tokens', 0) > 0 -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set host = ((entry.base_url or '').split('://') | last).split('/')[0].split(':')[0] -%}
    {%- for beginning in ['localhost', '127.', '10.', '192.168.', '172.16.', '172.17.', '172.18.', '172.19.', '172.2', '172.30.', '172.31.'] -%}
        {%- if host[:(beginning | length)] == beginning -%}
            {{ return(true) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(host[-6:] == '.local' or host[-9:] == '.internal') }}
{%- endmacro -%}
