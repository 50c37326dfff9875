with

stored as (
    select
        *,
        to_json(`kind`) as _dbt_llm_value_kind,
        to_json(`count`) as _dbt_llm_value_count,
        to_json(`version`) as _dbt_llm_value_version,
        to_json(`score`) as _dbt_llm_value_score,
        to_json(`level`) as _dbt_llm_value_level,
        to_json(`due_on`) as _dbt_llm_value_due_on,
        to_json(`seen_at`) as _dbt_llm_value_seen_at,
        to_json(`address`) as _dbt_llm_value_address,
        to_json(`lines`) as _dbt_llm_value_lines
    from `golden`.`main`.`enrich__every_schema_construct`
    where llm_status = 'succeeded'
),

checked as (
    select
        *,
        case
            when `kind` is null then 'missing:kind'
            when `kind` is not null and (not (json_type(_dbt_llm_value_kind) = 'string')) then 'wrong_type:kind'
            when `kind` is not null and (char_length(json_value(_dbt_llm_value_kind)) < 1) then 'wrong_length:kind'
            when `kind` is not null and (char_length(json_value(_dbt_llm_value_kind)) > 20) then 'wrong_length:kind'
            when `kind` is not null and (not regexp_contains(json_value(_dbt_llm_value_kind), '^[a-z]+$')) then 'no_match:kind'
            when `count` is null then 'missing:count'
            when `count` is not null and (not ((json_type(_dbt_llm_value_count) = 'number' and safe_cast(json_value(_dbt_llm_value_count) as float64) = trunc(safe_cast(json_value(_dbt_llm_value_count) as float64))))) then 'wrong_type:count'
            when `count` is not null and (coalesce(safe_cast(json_value(_dbt_llm_value_count) as int64), safe_cast(safe_cast(json_value(_dbt_llm_value_count) as float64) as int64)) < 0) then 'out_of_range:count'
            when `count` is not null and (coalesce(safe_cast(json_value(_dbt_llm_value_count) as int64), safe_cast(safe_cast(json_value(_dbt_llm_value_count) as float64) as int64)) >= 100) then 'out_of_range:count'
            when `count` is not null and (coalesce(coalesce(safe_cast(json_value(_dbt_llm_value_count) as int64), safe_cast(safe_cast(json_value(_dbt_llm_value_count) as float64) as int64)) not between -9007199254740991 and 9007199254740991, json_value(_dbt_llm_value_count) is not null) and (coalesce(safe_cast(json_value(_dbt_llm_value_count) as int64), safe_cast(safe_cast(json_value(_dbt_llm_value_count) as float64) as int64)) is null or (json_type(_dbt_llm_value_count) = 'number' and not regexp_contains(json_value(_dbt_llm_value_count), '^-?[0-9]+$')))) then 'out_of_range:count'
            when `version` is not null and (not (json_type(_dbt_llm_value_version) = 'null' or (json_type(_dbt_llm_value_version) = 'number' and safe_cast(json_value(_dbt_llm_value_version) as float64) = trunc(safe_cast(json_value(_dbt_llm_value_version) as float64))))) then 'wrong_type:version'
            when `version` is not null and (coalesce(safe_cast(json_value(_dbt_llm_value_version) as int64), safe_cast(safe_cast(json_value(_dbt_llm_value_version) as float64) as int64)) not in (2)) then 'not_const:version'
            when `version` is not null and (coalesce(coalesce(safe_cast(json_value(_dbt_llm_value_version) as int64), safe_cast(safe_cast(json_value(_dbt_llm_value_version) as float64) as int64)) not between -9007199254740991 and 9007199254740991, json_value(_dbt_llm_value_version) is not null) and (coalesce(safe_cast(json_value(_dbt_llm_value_version) as int64), safe_cast(safe_cast(json_value(_dbt_llm_value_version) as float64) as int64)) is null or (json_type(_dbt_llm_value_version) = 'number' and not regexp_contains(json_value(_dbt_llm_value_version), '^-?[0-9]+$')))) then 'out_of_range:version'
            when `score` is not null and (not (json_type(_dbt_llm_value_score) = 'null' or json_type(_dbt_llm_value_score) = 'number')) then 'wrong_type:score'
            when `score` is not null and (safe_cast(json_value(_dbt_llm_value_score) as float64) <= 0) then 'out_of_range:score'
            when `score` is not null and (abs(safe_cast(json_value(_dbt_llm_value_score) as float64)) >= 9007199254740992 and (abs(safe_cast(json_value(_dbt_llm_value_score) as float64)) > 1.7976931348623157e308 or (not (json_type(_dbt_llm_value_score) = 'number' and not regexp_contains(json_value(_dbt_llm_value_score), '^-?[0-9]+$')) and coalesce(coalesce(safe_cast(json_value(_dbt_llm_value_score) as int64), safe_cast(safe_cast(json_value(_dbt_llm_value_score) as float64) as int64)) != safe_cast(safe_cast(json_value(_dbt_llm_value_score) as float64) as int64), true)))) then 'out_of_range:score'
            when `level` is not null and (not (json_type(_dbt_llm_value_level) = 'null' or (json_type(_dbt_llm_value_level) = 'number' and safe_cast(json_value(_dbt_llm_value_level) as float64) = trunc(safe_cast(json_value(_dbt_llm_value_level) as float64))))) then 'wrong_type:level'
            when `level` is not null and (coalesce(safe_cast(json_value(_dbt_llm_value_level) as int64), safe_cast(safe_cast(json_value(_dbt_llm_value_level) as float64) as int64)) not in (1, 2, 3)) then 'not_in_enum:level'
            when `level` is not null and (coalesce(coalesce(safe_cast(json_value(_dbt_llm_value_level) as int64), safe_cast(safe_cast(json_value(_dbt_llm_value_level) as float64) as int64)) not between -9007199254740991 and 9007199254740991, json_value(_dbt_llm_value_level) is not null) and (coalesce(safe_cast(json_value(_dbt_llm_value_level) as int64), safe_cast(safe_cast(json_value(_dbt_llm_value_level) as float64) as int64)) is null or (json_type(_dbt_llm_value_level) = 'number' and not regexp_contains(json_value(_dbt_llm_value_level), '^-?[0-9]+$')))) then 'out_of_range:level'
            when `address` is null then 'missing:address'
            when `address` is not null and (not (json_type(_dbt_llm_value_address) = 'object')) then 'wrong_type:address'
            when `address` is not null and (exists (select 1 from unnest(json_keys(_dbt_llm_value_address, 1)) as k where k not in ('city', 'zip'))) then 'unexpected_property:address'
            when `address` is not null and (json_type(_dbt_llm_value_address) = 'object' and (json_query(_dbt_llm_value_address, '$."city"') is null)) then 'missing:address.city'
            when `address` is not null and (json_type(_dbt_llm_value_address) = 'object' and (not (json_type(json_query(_dbt_llm_value_address, '$."city"')) = 'string'))) then 'wrong_type:address.city'
            when `address` is not null and (json_type(_dbt_llm_value_address) = 'object' and (json_query(_dbt_llm_value_address, '$."zip"') is null)) then 'missing:address.zip'
            when `address` is not null and (json_type(_dbt_llm_value_address) = 'object' and (not (json_type(json_query(_dbt_llm_value_address, '$."zip"')) = 'null' or (json_type(json_query(_dbt_llm_value_address, '$."zip"')) = 'number' and safe_cast(json_value(json_query(_dbt_llm_value_address, '$."zip"')) as float64) = trunc(safe_cast(json_value(json_query(_dbt_llm_value_address, '$."zip"')) as float64)))))) then 'wrong_type:address.zip'
            when `address` is not null and (json_type(_dbt_llm_value_address) = 'object' and (coalesce(coalesce(safe_cast(json_value(json_query(_dbt_llm_value_address, '$."zip"')) as int64), safe_cast(safe_cast(json_value(json_query(_dbt_llm_value_address, '$."zip"')) as float64) as int64)) not between -9007199254740991 and 9007199254740991, json_value(json_query(_dbt_llm_value_address, '$."zip"')) is not null) and (coalesce(safe_cast(json_value(json_query(_dbt_llm_value_address, '$."zip"')) as int64), safe_cast(safe_cast(json_value(json_query(_dbt_llm_value_address, '$."zip"')) as float64) as int64)) is null or (json_type(json_query(_dbt_llm_value_address, '$."zip"')) = 'number' and not regexp_contains(json_value(json_query(_dbt_llm_value_address, '$."zip"')), '^-?[0-9]+$'))))) then 'out_of_range:address.zip'
            when `lines` is null then 'missing:lines'
            when `lines` is not null and (not (json_type(_dbt_llm_value_lines) = 'array')) then 'wrong_type:lines'
            when `lines` is not null and (json_type(_dbt_llm_value_lines) = 'array' and array_length(json_query_array(_dbt_llm_value_lines)) < 1) then 'wrong_length:lines'
            when `lines` is not null and (json_type(_dbt_llm_value_lines) = 'array' and array_length(json_query_array(_dbt_llm_value_lines)) > 10) then 'wrong_length:lines'
            when `lines` is not null and (exists (select 1 from unnest(json_query_array(_dbt_llm_value_lines)) as element where not (json_type(element) = 'object'))) then 'wrong_type:lines'
            when `lines` is not null and (exists (select 1 from unnest(json_query_array(_dbt_llm_value_lines)) as element where json_type(element) = 'object' and (json_query(element, '$."name"') is null))) then 'missing:lines.name'
            when `lines` is not null and (exists (select 1 from unnest(json_query_array(_dbt_llm_value_lines)) as element where json_type(element) = 'object' and (not (json_type(json_query(element, '$."name"')) = 'string')))) then 'wrong_type:lines.name'
            when `lines` is not null and (exists (select 1 from unnest(json_query_array(_dbt_llm_value_lines)) as element where json_type(element) = 'object' and (not (json_type(json_query(element, '$."tags"')) = 'null' or json_type(json_query(element, '$."tags"')) = 'array')))) then 'wrong_type:lines.tags'
            when `lines` is not null and (exists (select 1 from unnest(json_query_array(_dbt_llm_value_lines)) as element where json_type(element) = 'object' and (exists (select 1 from unnest(json_query_array(json_query(element, '$."tags"'))) as element_31 where not (json_type(element_31) = 'string'))))) then 'wrong_type:lines.tags'
            when `lines` is not null and (exists (select 1 from unnest(json_query_array(_dbt_llm_value_lines)) as element where json_type(element) = 'object' and (exists (select 1 from unnest(json_query_array(json_query(element, '$."tags"'))) as element_31 where char_length(json_value(element_31)) > 9)))) then 'wrong_length:lines.tags'
        end as broken_rule
    from stored
)

select
    * except (
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
