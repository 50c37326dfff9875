{# Embeddings on Snowflake: AI_EMBED. #}

{#
    Staged as an array, as a VECTOR is of one length only. Of a row that fails the function tells nothing: NULL, or an error that ends
    the statement. https://docs.snowflake.com/en/sql-reference/functions/ai_embed (2026-11-23)
#}
{%- macro snowflake__embed_query(work, task, first, last) -%}
    {{ return(
        'select\n    request_key,\n    attempt,\n    prompt,\n    cast(' ~ dbt_llm.embed_expression(text='prompt', endpoint=task.endpoint)
        ~ ' as array) as vector\nfrom ' ~ work ~ '\nwhere n between ' ~ first ~ ' and ' ~ last
    ) }}
{%- endmacro -%}

{%- macro snowflake__vectors_query(stage, task) -%}
    {{ return(
        "select\n    request_key,\n    attempt,\n    prompt,\n    vector,\n    case when vector is not null then '' end as completion,"
        ~ '\n    cast(null as varchar) as known_class,'
        ~ "\n    case when vector is null then 'AI_EMBED gave no vector' end as error_message,"
        ~ '\n    cast(null as varchar) as finish_reason,\n    cast(null as bigint) as input_tokens,'
        ~ '\n    cast(null as bigint) as output_tokens,\n    cast(null as varchar) as response_model\nfrom ' ~ stage
    ) }}
{%- endmacro -%}

{# Snowflake's NaN equals itself. #}
{%- macro snowflake__has_no_number(vector) -%}
    {{ return(
        'array_size(filter(' ~ vector ~ ", element -> coalesce(try_to_double(cast(element as varchar)) in (cast('nan' as float), "
        ~ "cast('inf' as float), cast('-inf' as float)), true))) > 0"
    ) }}
{%- endmacro -%}
