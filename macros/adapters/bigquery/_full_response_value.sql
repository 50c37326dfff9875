{#
    A value of full_response, whose names are spelt as in Google's REST API (usageMetadata) or as in its protocol
    (usage_metadata): documentation and users show both, so both are read.
#}
{%- macro _full_response_value(rest_path, protocol_path) -%}
    {{ return(
        "coalesce(json_value(full_response, '$." ~ rest_path ~ "'), json_value(full_response, '$." ~ protocol_path ~ "'))"
    ) }}
{%- endmacro -%}
