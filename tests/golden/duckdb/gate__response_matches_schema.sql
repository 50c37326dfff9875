with

stored as (
    select
        *,
        to_json("kind") as _dbt_llm_value_kind,
        to_json("count") as _dbt_llm_value_count,
        to_json("version") as _dbt_llm_value_version,
        to_json("score") as _dbt_llm_value_score,
        to_json("level") as _dbt_llm_value_level,
        to_json("due_on") as _dbt_llm_value_due_on,
        to_json("seen_at") as _dbt_llm_value_seen_at,
        to_json("address") as _dbt_llm_value_address,
        to_json("lines") as _dbt_llm_value_lines
    from "golden"."main"."enrich__every_schema_construct"
    where llm_status = 'succeeded'
),

facets as (
    select
        *,
        json_type(_dbt_llm_value_kind) as _dbt_llm_type_kind,
        json_extract_string(_dbt_llm_value_kind, '$') as _dbt_llm_text_kind,
        json_type(_dbt_llm_value_count) as _dbt_llm_type_count,
        json_extract_string(_dbt_llm_value_count, '$') as _dbt_llm_text_count,
        json_type(_dbt_llm_value_version) as _dbt_llm_type_version,
        json_extract_string(_dbt_llm_value_version, '$') as _dbt_llm_text_version,
        json_type(_dbt_llm_value_score) as _dbt_llm_type_score,
        json_extract_string(_dbt_llm_value_score, '$') as _dbt_llm_text_score,
        json_type(_dbt_llm_value_level) as _dbt_llm_type_level,
        json_extract_string(_dbt_llm_value_level, '$') as _dbt_llm_text_level,
        json_type(_dbt_llm_value_due_on) as _dbt_llm_type_due_on,
        json_extract_string(_dbt_llm_value_due_on, '$') as _dbt_llm_text_due_on,
        json_type(_dbt_llm_value_seen_at) as _dbt_llm_type_seen_at,
        json_extract_string(_dbt_llm_value_seen_at, '$') as _dbt_llm_text_seen_at,
        json_type(_dbt_llm_value_address) as _dbt_llm_type_address,
        json_extract_string(_dbt_llm_value_address, '$') as _dbt_llm_text_address,
        json_type(_dbt_llm_value_lines) as _dbt_llm_type_lines,
        json_extract_string(_dbt_llm_value_lines, '$') as _dbt_llm_text_lines
    from stored
),

checked as (
    select
        *,
        case
            when "kind" is null then 'missing:kind'
            when "kind" is not null and (not (_dbt_llm_type_kind = 'VARCHAR')) then 'wrong_type:kind'
            when "kind" is not null and (length(_dbt_llm_text_kind) < 1) then 'wrong_length:kind'
            when "kind" is not null and (length(_dbt_llm_text_kind) > 20) then 'wrong_length:kind'
            when "kind" is not null and (not regexp_matches(_dbt_llm_text_kind, '^[a-z]+$')) then 'no_match:kind'
            when "count" is null then 'missing:count'
            when "count" is not null and (not ((_dbt_llm_type_count in ('BIGINT', 'UBIGINT', 'HUGEINT') or (_dbt_llm_type_count = 'DOUBLE' and try_cast(_dbt_llm_text_count as double) = trunc(try_cast(_dbt_llm_text_count as double)))))) then 'wrong_type:count'
            when "count" is not null and (try_cast(_dbt_llm_text_count as bigint) < 0) then 'out_of_range:count'
            when "count" is not null and (try_cast(_dbt_llm_text_count as bigint) >= 100) then 'out_of_range:count'
            when "count" is not null and (coalesce(try_cast(_dbt_llm_text_count as bigint) not between -9007199254740991 and 9007199254740991, _dbt_llm_text_count is not null) and (try_cast(_dbt_llm_text_count as bigint) is null or (_dbt_llm_type_count = 'DOUBLE' and not regexp_matches(_dbt_llm_text_count, '^-?[0-9]+$')))) then 'out_of_range:count'
            when "version" is not null and (not (_dbt_llm_type_version = 'NULL' or (_dbt_llm_type_version in ('BIGINT', 'UBIGINT', 'HUGEINT') or (_dbt_llm_type_version = 'DOUBLE' and try_cast(_dbt_llm_text_version as double) = trunc(try_cast(_dbt_llm_text_version as double)))))) then 'wrong_type:version'
            when "version" is not null and (try_cast(_dbt_llm_text_version as bigint) not in (2)) then 'not_const:version'
            when "version" is not null and (coalesce(try_cast(_dbt_llm_text_version as bigint) not between -9007199254740991 and 9007199254740991, _dbt_llm_text_version is not null) and (try_cast(_dbt_llm_text_version as bigint) is null or (_dbt_llm_type_version = 'DOUBLE' and not regexp_matches(_dbt_llm_text_version, '^-?[0-9]+$')))) then 'out_of_range:version'
            when "score" is not null and (not (_dbt_llm_type_score = 'NULL' or _dbt_llm_type_score in ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE'))) then 'wrong_type:score'
            when "score" is not null and (try_cast(_dbt_llm_text_score as double) <= 0) then 'out_of_range:score'
            when "score" is not null and (abs(try_cast(_dbt_llm_text_score as double)) >= 9007199254740992 and (abs(try_cast(_dbt_llm_text_score as double)) > 1.7976931348623157e308 or (not (_dbt_llm_type_score = 'DOUBLE' and not regexp_matches(_dbt_llm_text_score, '^-?[0-9]+$')) and coalesce(try_cast(_dbt_llm_text_score as bigint) != try_cast(try_cast(_dbt_llm_text_score as double) as bigint), true)))) then 'out_of_range:score'
            when "level" is not null and (not (_dbt_llm_type_level = 'NULL' or (_dbt_llm_type_level in ('BIGINT', 'UBIGINT', 'HUGEINT') or (_dbt_llm_type_level = 'DOUBLE' and try_cast(_dbt_llm_text_level as double) = trunc(try_cast(_dbt_llm_text_level as double)))))) then 'wrong_type:level'
            when "level" is not null and (try_cast(_dbt_llm_text_level as bigint) not in (1, 2, 3)) then 'not_in_enum:level'
            when "level" is not null and (coalesce(try_cast(_dbt_llm_text_level as bigint) not between -9007199254740991 and 9007199254740991, _dbt_llm_text_level is not null) and (try_cast(_dbt_llm_text_level as bigint) is null or (_dbt_llm_type_level = 'DOUBLE' and not regexp_matches(_dbt_llm_text_level, '^-?[0-9]+$')))) then 'out_of_range:level'
            when "address" is null then 'missing:address'
            when "address" is not null and (not (_dbt_llm_type_address = 'OBJECT')) then 'wrong_type:address'
            when "address" is not null and (len(list_filter(json_keys(_dbt_llm_value_address), lambda k: k not in ('city', 'zip'))) > 0) then 'unexpected_property:address'
            when "address" is not null and (_dbt_llm_type_address = 'OBJECT' and (json_extract(_dbt_llm_value_address, '$."city"') is null)) then 'missing:address.city'
            when "address" is not null and (_dbt_llm_type_address = 'OBJECT' and (not (json_type(json_extract(_dbt_llm_value_address, '$."city"')) = 'VARCHAR'))) then 'wrong_type:address.city'
            when "address" is not null and (_dbt_llm_type_address = 'OBJECT' and (json_extract(_dbt_llm_value_address, '$."zip"') is null)) then 'missing:address.zip'
            when "address" is not null and (_dbt_llm_type_address = 'OBJECT' and (not (json_type(json_extract(_dbt_llm_value_address, '$."zip"')) = 'NULL' or (json_type(json_extract(_dbt_llm_value_address, '$."zip"')) in ('BIGINT', 'UBIGINT', 'HUGEINT') or (json_type(json_extract(_dbt_llm_value_address, '$."zip"')) = 'DOUBLE' and try_cast(json_extract_string(json_extract(_dbt_llm_value_address, '$."zip"'), '$') as double) = trunc(try_cast(json_extract_string(json_extract(_dbt_llm_value_address, '$."zip"'), '$') as double))))))) then 'wrong_type:address.zip'
            when "address" is not null and (_dbt_llm_type_address = 'OBJECT' and (coalesce(try_cast(json_extract_string(json_extract(_dbt_llm_value_address, '$."zip"'), '$') as bigint) not between -9007199254740991 and 9007199254740991, json_extract_string(json_extract(_dbt_llm_value_address, '$."zip"'), '$') is not null) and (try_cast(json_extract_string(json_extract(_dbt_llm_value_address, '$."zip"'), '$') as bigint) is null or (json_type(json_extract(_dbt_llm_value_address, '$."zip"')) = 'DOUBLE' and not regexp_matches(json_extract_string(json_extract(_dbt_llm_value_address, '$."zip"'), '$'), '^-?[0-9]+$'))))) then 'out_of_range:address.zip'
            when "lines" is null then 'missing:lines'
            when "lines" is not null and (not (_dbt_llm_type_lines = 'ARRAY')) then 'wrong_type:lines'
            when "lines" is not null and (_dbt_llm_type_lines = 'ARRAY' and json_array_length(_dbt_llm_value_lines) < 1) then 'wrong_length:lines'
            when "lines" is not null and (_dbt_llm_type_lines = 'ARRAY' and json_array_length(_dbt_llm_value_lines) > 10) then 'wrong_length:lines'
            when "lines" is not null and (len(list_filter(json_type(_dbt_llm_value_lines, '$[*]'), lambda element: not (element = 'OBJECT'))) > 0) then 'wrong_type:lines'
            when "lines" is not null and (len(list_filter(json_extract(_dbt_llm_value_lines, '$[*]'), lambda element: json_type(element) = 'OBJECT' and (json_extract(element, '$."name"') is null))) > 0) then 'missing:lines.name'
            when "lines" is not null and (len(list_filter(json_extract(_dbt_llm_value_lines, '$[*]'), lambda element: json_type(element) = 'OBJECT' and (not (json_type(json_extract(element, '$."name"')) = 'VARCHAR')))) > 0) then 'wrong_type:lines.name'
            when "lines" is not null and (len(list_filter(json_extract(_dbt_llm_value_lines, '$[*]'), lambda element: json_type(element) = 'OBJECT' and (not (json_type(json_extract(element, '$."tags"')) = 'NULL' or json_type(json_extract(element, '$."tags"')) = 'ARRAY')))) > 0) then 'wrong_type:lines.tags'
            when "lines" is not null and (len(list_filter(json_extract(_dbt_llm_value_lines, '$[*]'), lambda element: json_type(element) = 'OBJECT' and (len(list_filter(json_type(json_extract(element, '$."tags"'), '$[*]'), lambda element_33: not (element_33 = 'VARCHAR'))) > 0))) > 0) then 'wrong_type:lines.tags'
            when "lines" is not null and (len(list_filter(json_extract(_dbt_llm_value_lines, '$[*]'), lambda element: json_type(element) = 'OBJECT' and (len(list_filter(json_extract_string(json_extract(element, '$."tags"'), '$[*]'), lambda element_33: length(element_33) > 9)) > 0))) > 0) then 'wrong_length:lines.tags'
        end as broken_rule
    from facets
)

select
    * exclude (
        _dbt_llm_value_kind,
        _dbt_llm_value_count,
        _dbt_llm_value_version,
        _dbt_llm_value_score,
        _dbt_llm_value_level,
        _dbt_llm_value_due_on,
        _dbt_llm_value_seen_at,
        _dbt_llm_value_address,
        _dbt_llm_value_lines,
        _dbt_llm_type_kind,
        _dbt_llm_text_kind,
        _dbt_llm_type_count,
        _dbt_llm_text_count,
        _dbt_llm_type_version,
        _dbt_llm_text_version,
        _dbt_llm_type_score,
        _dbt_llm_text_score,
        _dbt_llm_type_level,
        _dbt_llm_text_level,
        _dbt_llm_type_due_on,
        _dbt_llm_text_due_on,
        _dbt_llm_type_seen_at,
        _dbt_llm_text_seen_at,
        _dbt_llm_type_address,
        _dbt_llm_text_address,
        _dbt_llm_type_lines,
        _dbt_llm_text_lines
    )
from checked
where broken_rule is not null
