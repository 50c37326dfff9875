with

stored as (
    select
        *,
        to_variant("KIND") as _dbt_llm_value_kind,
        to_variant("COUNT") as _dbt_llm_value_count,
        to_variant("VERSION") as _dbt_llm_value_version,
        to_variant("SCORE") as _dbt_llm_value_score,
        to_variant("LEVEL") as _dbt_llm_value_level,
        to_variant("DUE_ON") as _dbt_llm_value_due_on,
        to_variant("SEEN_AT") as _dbt_llm_value_seen_at,
        to_variant("ADDRESS") as _dbt_llm_value_address,
        to_variant("LINES") as _dbt_llm_value_lines
    from GOLDEN.MAIN.enrich__every_schema_construct
    where llm_status = 'succeeded'
),

checked as (
    select
        *,
        case
            when "KIND" is null then 'missing:kind'
            when "KIND" is not null and (not (typeof(_dbt_llm_value_kind) = 'VARCHAR')) then 'wrong_type:kind'
            when "KIND" is not null and (length(cast(_dbt_llm_value_kind as varchar)) < 1) then 'wrong_length:kind'
            when "KIND" is not null and (length(cast(_dbt_llm_value_kind as varchar)) > 20) then 'wrong_length:kind'
            when "KIND" is not null and (not (regexp_instr(cast(_dbt_llm_value_kind as varchar), '^[a-z]+$') > 0)) then 'no_match:kind'
            when "COUNT" is null then 'missing:count'
            when "COUNT" is not null and (not ((typeof(_dbt_llm_value_count) = 'INTEGER' or (typeof(_dbt_llm_value_count) in ('DECIMAL', 'DOUBLE') and try_to_double(cast(_dbt_llm_value_count as varchar)) = trunc(try_to_double(cast(_dbt_llm_value_count as varchar))))))) then 'wrong_type:count'
            when "COUNT" is not null and (try_to_number(cast(_dbt_llm_value_count as varchar), 38, 0) < 0) then 'out_of_range:count'
            when "COUNT" is not null and (try_to_number(cast(_dbt_llm_value_count as varchar), 38, 0) >= 100) then 'out_of_range:count'
            when "COUNT" is not null and (coalesce(try_to_number(cast(_dbt_llm_value_count as varchar), 38, 0) not between -9007199254740991 and 9007199254740991, cast(_dbt_llm_value_count as varchar) is not null) and (try_to_number(cast(_dbt_llm_value_count as varchar), 38, 0) is null or typeof(_dbt_llm_value_count) in ('DECIMAL', 'DOUBLE'))) then 'out_of_range:count'
            when "VERSION" is not null and (not (typeof(_dbt_llm_value_version) = 'NULL_VALUE' or (typeof(_dbt_llm_value_version) = 'INTEGER' or (typeof(_dbt_llm_value_version) in ('DECIMAL', 'DOUBLE') and try_to_double(cast(_dbt_llm_value_version as varchar)) = trunc(try_to_double(cast(_dbt_llm_value_version as varchar))))))) then 'wrong_type:version'
            when "VERSION" is not null and (try_to_number(cast(_dbt_llm_value_version as varchar), 38, 0) not in (2)) then 'not_const:version'
            when "VERSION" is not null and (coalesce(try_to_number(cast(_dbt_llm_value_version as varchar), 38, 0) not between -9007199254740991 and 9007199254740991, cast(_dbt_llm_value_version as varchar) is not null) and (try_to_number(cast(_dbt_llm_value_version as varchar), 38, 0) is null or typeof(_dbt_llm_value_version) in ('DECIMAL', 'DOUBLE'))) then 'out_of_range:version'
            when "SCORE" is not null and (not (typeof(_dbt_llm_value_score) = 'NULL_VALUE' or typeof(_dbt_llm_value_score) in ('INTEGER', 'DECIMAL', 'DOUBLE'))) then 'wrong_type:score'
            when "SCORE" is not null and (try_to_double(cast(_dbt_llm_value_score as varchar)) <= 0) then 'out_of_range:score'
            when "SCORE" is not null and (abs(try_to_double(cast(_dbt_llm_value_score as varchar))) >= 9007199254740992 and (abs(try_to_double(cast(_dbt_llm_value_score as varchar))) > 1.7976931348623157e308 or (not typeof(_dbt_llm_value_score) in ('DECIMAL', 'DOUBLE') and coalesce(try_to_number(cast(_dbt_llm_value_score as varchar), 38, 0) != cast(iff(abs(try_to_double(cast(_dbt_llm_value_score as varchar))) < 9223372036854775807, try_to_double(cast(_dbt_llm_value_score as varchar)), null) as number(38, 0)), true)))) then 'out_of_range:score'
            when "LEVEL" is not null and (not (typeof(_dbt_llm_value_level) = 'NULL_VALUE' or (typeof(_dbt_llm_value_level) = 'INTEGER' or (typeof(_dbt_llm_value_level) in ('DECIMAL', 'DOUBLE') and try_to_double(cast(_dbt_llm_value_level as varchar)) = trunc(try_to_double(cast(_dbt_llm_value_level as varchar))))))) then 'wrong_type:level'
            when "LEVEL" is not null and (try_to_number(cast(_dbt_llm_value_level as varchar), 38, 0) not in (1, 2, 3)) then 'not_in_enum:level'
            when "LEVEL" is not null and (coalesce(try_to_number(cast(_dbt_llm_value_level as varchar), 38, 0) not between -9007199254740991 and 9007199254740991, cast(_dbt_llm_value_level as varchar) is not null) and (try_to_number(cast(_dbt_llm_value_level as varchar), 38, 0) is null or typeof(_dbt_llm_value_level) in ('DECIMAL', 'DOUBLE'))) then 'out_of_range:level'
            when "ADDRESS" is null then 'missing:address'
            when "ADDRESS" is not null and (not (typeof(_dbt_llm_value_address) = 'OBJECT')) then 'wrong_type:address'
            when "ADDRESS" is not null and (array_size(array_except(object_keys(as_object(_dbt_llm_value_address)), array_construct('city', 'zip'))) > 0) then 'unexpected_property:address'
            when "ADDRESS" is not null and (typeof(_dbt_llm_value_address) = 'OBJECT' and (get(_dbt_llm_value_address, 'city') is null)) then 'missing:address.city'
            when "ADDRESS" is not null and (typeof(_dbt_llm_value_address) = 'OBJECT' and (not (typeof(get(_dbt_llm_value_address, 'city')) = 'VARCHAR'))) then 'wrong_type:address.city'
            when "ADDRESS" is not null and (typeof(_dbt_llm_value_address) = 'OBJECT' and (get(_dbt_llm_value_address, 'zip') is null)) then 'missing:address.zip'
            when "ADDRESS" is not null and (typeof(_dbt_llm_value_address) = 'OBJECT' and (not (typeof(get(_dbt_llm_value_address, 'zip')) = 'NULL_VALUE' or (typeof(get(_dbt_llm_value_address, 'zip')) = 'INTEGER' or (typeof(get(_dbt_llm_value_address, 'zip')) in ('DECIMAL', 'DOUBLE') and try_to_double(cast(get(_dbt_llm_value_address, 'zip') as varchar)) = trunc(try_to_double(cast(get(_dbt_llm_value_address, 'zip') as varchar)))))))) then 'wrong_type:address.zip'
            when "ADDRESS" is not null and (typeof(_dbt_llm_value_address) = 'OBJECT' and (coalesce(try_to_number(cast(get(_dbt_llm_value_address, 'zip') as varchar), 38, 0) not between -9007199254740991 and 9007199254740991, cast(get(_dbt_llm_value_address, 'zip') as varchar) is not null) and (try_to_number(cast(get(_dbt_llm_value_address, 'zip') as varchar), 38, 0) is null or typeof(get(_dbt_llm_value_address, 'zip')) in ('DECIMAL', 'DOUBLE')))) then 'out_of_range:address.zip'
            when "LINES" is null then 'missing:lines'
            when "LINES" is not null and (not (typeof(_dbt_llm_value_lines) = 'ARRAY')) then 'wrong_type:lines'
            when "LINES" is not null and (typeof(_dbt_llm_value_lines) = 'ARRAY' and array_size(_dbt_llm_value_lines) < 1) then 'wrong_length:lines'
            when "LINES" is not null and (typeof(_dbt_llm_value_lines) = 'ARRAY' and array_size(_dbt_llm_value_lines) > 10) then 'wrong_length:lines'
            when "LINES" is not null and (array_size(filter(as_array(_dbt_llm_value_lines), element -> not (typeof(element) = 'OBJECT'))) > 0) then 'wrong_type:lines'
            when "LINES" is not null and (array_size(filter(as_array(_dbt_llm_value_lines), element -> typeof(element) = 'OBJECT' and (get(element, 'name') is null))) > 0) then 'missing:lines.name'
            when "LINES" is not null and (array_size(filter(as_array(_dbt_llm_value_lines), element -> typeof(element) = 'OBJECT' and (not (typeof(get(element, 'name')) = 'VARCHAR')))) > 0) then 'wrong_type:lines.name'
            when "LINES" is not null and (array_size(filter(as_array(_dbt_llm_value_lines), element -> typeof(element) = 'OBJECT' and (not (typeof(get(element, 'tags')) = 'NULL_VALUE' or typeof(get(element, 'tags')) = 'ARRAY')))) > 0) then 'wrong_type:lines.tags'
            when "LINES" is not null and (array_size(filter(as_array(_dbt_llm_value_lines), element -> typeof(element) = 'OBJECT' and (array_size(filter(as_array(get(element, 'tags')), element_20 -> not (typeof(element_20) = 'VARCHAR'))) > 0))) > 0) then 'wrong_type:lines.tags'
            when "LINES" is not null and (array_size(filter(as_array(_dbt_llm_value_lines), element -> typeof(element) = 'OBJECT' and (array_size(filter(as_array(get(element, 'tags')), element_20 -> length(cast(element_20 as varchar)) > 9)) > 0))) > 0) then 'wrong_length:lines.tags'
        end as broken_rule
    from stored
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
        _dbt_llm_value_lines
    )
from checked
where broken_rule is not null
