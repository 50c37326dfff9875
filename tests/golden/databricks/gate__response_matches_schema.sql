with

stored as (
    select
        *,
        try_variant_get(parse_json(to_json(named_struct('value', `kind`), map('ignoreNullFields', 'false'))), '$.value', 'variant') as _dbt_llm_value_kind,
        try_variant_get(parse_json(to_json(named_struct('value', `count`), map('ignoreNullFields', 'false'))), '$.value', 'variant') as _dbt_llm_value_count,
        try_variant_get(parse_json(to_json(named_struct('value', `version`), map('ignoreNullFields', 'false'))), '$.value', 'variant') as _dbt_llm_value_version,
        try_variant_get(parse_json(to_json(named_struct('value', `score`), map('ignoreNullFields', 'false'))), '$.value', 'variant') as _dbt_llm_value_score,
        try_variant_get(parse_json(to_json(named_struct('value', `level`), map('ignoreNullFields', 'false'))), '$.value', 'variant') as _dbt_llm_value_level,
        try_variant_get(parse_json(to_json(named_struct('value', `due_on`), map('ignoreNullFields', 'false'))), '$.value', 'variant') as _dbt_llm_value_due_on,
        try_variant_get(parse_json(to_json(named_struct('value', `seen_at`), map('ignoreNullFields', 'false'))), '$.value', 'variant') as _dbt_llm_value_seen_at,
        try_variant_get(parse_json(to_json(named_struct('value', `address`), map('ignoreNullFields', 'false'))), '$.value', 'variant') as _dbt_llm_value_address,
        try_variant_get(parse_json(to_json(named_struct('value', `lines`), map('ignoreNullFields', 'false'))), '$.value', 'variant') as _dbt_llm_value_lines
    from `golden`.`main`.`enrich__every_schema_construct`
    where llm_status = 'succeeded'
),

checked as (
    select
        *,
        case
            when `kind` is null then 'missing:kind'
            when `kind` is not null and (not (schema_of_variant(_dbt_llm_value_kind) = 'STRING')) then 'wrong_type:kind'
            when `kind` is not null and (char_length(try_variant_get(_dbt_llm_value_kind, '$', 'string')) < 1) then 'wrong_length:kind'
            when `kind` is not null and (char_length(try_variant_get(_dbt_llm_value_kind, '$', 'string')) > 20) then 'wrong_length:kind'
            when `kind` is not null and (not regexp_like(try_variant_get(_dbt_llm_value_kind, '$', 'string'), '^[a-z]+\\z')) then 'no_match:kind'
            when `count` is null then 'missing:count'
            when `count` is not null and (not ((schema_of_variant(_dbt_llm_value_count) = 'BIGINT' or schema_of_variant(_dbt_llm_value_count) like 'DECIMAL(%,0)' or (schema_of_variant(_dbt_llm_value_count) in ('DOUBLE', 'FLOAT') and try_variant_get(_dbt_llm_value_count, '$', 'double') % 1 = 0)))) then 'wrong_type:count'
            when `count` is not null and (try_variant_get(_dbt_llm_value_count, '$', 'bigint') < 0) then 'out_of_range:count'
            when `count` is not null and (try_variant_get(_dbt_llm_value_count, '$', 'bigint') >= 100) then 'out_of_range:count'
            when `count` is not null and (coalesce(try_variant_get(_dbt_llm_value_count, '$', 'bigint') not between -9007199254740991 and 9007199254740991, try_variant_get(_dbt_llm_value_count, '$', 'string') is not null) and (try_variant_get(_dbt_llm_value_count, '$', 'bigint') is null or (schema_of_variant(_dbt_llm_value_count) like 'DECIMAL%' or schema_of_variant(_dbt_llm_value_count) in ('DOUBLE', 'FLOAT')))) then 'out_of_range:count'
            when `version` is not null and (not (schema_of_variant(_dbt_llm_value_version) = 'VOID' or (schema_of_variant(_dbt_llm_value_version) = 'BIGINT' or schema_of_variant(_dbt_llm_value_version) like 'DECIMAL(%,0)' or (schema_of_variant(_dbt_llm_value_version) in ('DOUBLE', 'FLOAT') and try_variant_get(_dbt_llm_value_version, '$', 'double') % 1 = 0)))) then 'wrong_type:version'
            when `version` is not null and (try_variant_get(_dbt_llm_value_version, '$', 'bigint') not in (2)) then 'not_const:version'
            when `version` is not null and (coalesce(try_variant_get(_dbt_llm_value_version, '$', 'bigint') not between -9007199254740991 and 9007199254740991, try_variant_get(_dbt_llm_value_version, '$', 'string') is not null) and (try_variant_get(_dbt_llm_value_version, '$', 'bigint') is null or (schema_of_variant(_dbt_llm_value_version) like 'DECIMAL%' or schema_of_variant(_dbt_llm_value_version) in ('DOUBLE', 'FLOAT')))) then 'out_of_range:version'
            when `score` is not null and (not (schema_of_variant(_dbt_llm_value_score) = 'VOID' or (schema_of_variant(_dbt_llm_value_score) = 'BIGINT' or (schema_of_variant(_dbt_llm_value_score) like 'DECIMAL%' or schema_of_variant(_dbt_llm_value_score) in ('DOUBLE', 'FLOAT'))))) then 'wrong_type:score'
            when `score` is not null and (try_variant_get(_dbt_llm_value_score, '$', 'double') <= 0) then 'out_of_range:score'
            when `score` is not null and (abs(try_variant_get(_dbt_llm_value_score, '$', 'double')) >= 9007199254740992 and (abs(try_variant_get(_dbt_llm_value_score, '$', 'double')) > 1.7976931348623157e308 or (not (schema_of_variant(_dbt_llm_value_score) like 'DECIMAL%' or schema_of_variant(_dbt_llm_value_score) in ('DOUBLE', 'FLOAT')) and coalesce(try_variant_get(_dbt_llm_value_score, '$', 'bigint') != try_cast(try_variant_get(_dbt_llm_value_score, '$', 'double') as bigint), true)))) then 'out_of_range:score'
            when `level` is not null and (not (schema_of_variant(_dbt_llm_value_level) = 'VOID' or (schema_of_variant(_dbt_llm_value_level) = 'BIGINT' or schema_of_variant(_dbt_llm_value_level) like 'DECIMAL(%,0)' or (schema_of_variant(_dbt_llm_value_level) in ('DOUBLE', 'FLOAT') and try_variant_get(_dbt_llm_value_level, '$', 'double') % 1 = 0)))) then 'wrong_type:level'
            when `level` is not null and (try_variant_get(_dbt_llm_value_level, '$', 'bigint') not in (1, 2, 3)) then 'not_in_enum:level'
            when `level` is not null and (coalesce(try_variant_get(_dbt_llm_value_level, '$', 'bigint') not between -9007199254740991 and 9007199254740991, try_variant_get(_dbt_llm_value_level, '$', 'string') is not null) and (try_variant_get(_dbt_llm_value_level, '$', 'bigint') is null or (schema_of_variant(_dbt_llm_value_level) like 'DECIMAL%' or schema_of_variant(_dbt_llm_value_level) in ('DOUBLE', 'FLOAT')))) then 'out_of_range:level'
            when `address` is null then 'missing:address'
            when `address` is not null and (not (schema_of_variant(_dbt_llm_value_address) like 'OBJECT<%')) then 'wrong_type:address'
            when `address` is not null and (exists(map_keys(try_variant_get(_dbt_llm_value_address, '$', 'map<string, variant>')), k -> k not in ('city', 'zip'))) then 'unexpected_property:address'
            when `address` is not null and (schema_of_variant(_dbt_llm_value_address) like 'OBJECT<%' and (try_variant_get(_dbt_llm_value_address, '$["city"]', 'variant') is null)) then 'missing:address.city'
            when `address` is not null and (schema_of_variant(_dbt_llm_value_address) like 'OBJECT<%' and (not (schema_of_variant(try_variant_get(_dbt_llm_value_address, '$["city"]', 'variant')) = 'STRING'))) then 'wrong_type:address.city'
            when `address` is not null and (schema_of_variant(_dbt_llm_value_address) like 'OBJECT<%' and (try_variant_get(_dbt_llm_value_address, '$["zip"]', 'variant') is null)) then 'missing:address.zip'
            when `address` is not null and (schema_of_variant(_dbt_llm_value_address) like 'OBJECT<%' and (not (schema_of_variant(try_variant_get(_dbt_llm_value_address, '$["zip"]', 'variant')) = 'VOID' or (schema_of_variant(try_variant_get(_dbt_llm_value_address, '$["zip"]', 'variant')) = 'BIGINT' or schema_of_variant(try_variant_get(_dbt_llm_value_address, '$["zip"]', 'variant')) like 'DECIMAL(%,0)' or (schema_of_variant(try_variant_get(_dbt_llm_value_address, '$["zip"]', 'variant')) in ('DOUBLE', 'FLOAT') and try_variant_get(try_variant_get(_dbt_llm_value_address, '$["zip"]', 'variant'), '$', 'double') % 1 = 0))))) then 'wrong_type:address.zip'
            when `address` is not null and (schema_of_variant(_dbt_llm_value_address) like 'OBJECT<%' and (coalesce(try_variant_get(try_variant_get(_dbt_llm_value_address, '$["zip"]', 'variant'), '$', 'bigint') not between -9007199254740991 and 9007199254740991, try_variant_get(try_variant_get(_dbt_llm_value_address, '$["zip"]', 'variant'), '$', 'string') is not null) and (try_variant_get(try_variant_get(_dbt_llm_value_address, '$["zip"]', 'variant'), '$', 'bigint') is null or (schema_of_variant(try_variant_get(_dbt_llm_value_address, '$["zip"]', 'variant')) like 'DECIMAL%' or schema_of_variant(try_variant_get(_dbt_llm_value_address, '$["zip"]', 'variant')) in ('DOUBLE', 'FLOAT'))))) then 'out_of_range:address.zip'
            when `lines` is null then 'missing:lines'
            when `lines` is not null and (not (schema_of_variant(_dbt_llm_value_lines) like 'ARRAY<%')) then 'wrong_type:lines'
            when `lines` is not null and (schema_of_variant(_dbt_llm_value_lines) like 'ARRAY<%' and array_size(try_variant_get(_dbt_llm_value_lines, '$', 'array<variant>')) < 1) then 'wrong_length:lines'
            when `lines` is not null and (schema_of_variant(_dbt_llm_value_lines) like 'ARRAY<%' and array_size(try_variant_get(_dbt_llm_value_lines, '$', 'array<variant>')) > 10) then 'wrong_length:lines'
            when `lines` is not null and (exists(try_variant_get(_dbt_llm_value_lines, '$', 'array<variant>'), element -> not (schema_of_variant(element) like 'OBJECT<%'))) then 'wrong_type:lines'
            when `lines` is not null and (exists(try_variant_get(_dbt_llm_value_lines, '$', 'array<variant>'), element -> schema_of_variant(element) like 'OBJECT<%' and (try_variant_get(element, '$["name"]', 'variant') is null))) then 'missing:lines.name'
            when `lines` is not null and (exists(try_variant_get(_dbt_llm_value_lines, '$', 'array<variant>'), element -> schema_of_variant(element) like 'OBJECT<%' and (not (schema_of_variant(try_variant_get(element, '$["name"]', 'variant')) = 'STRING')))) then 'wrong_type:lines.name'
            when `lines` is not null and (exists(try_variant_get(_dbt_llm_value_lines, '$', 'array<variant>'), element -> schema_of_variant(element) like 'OBJECT<%' and (not (schema_of_variant(try_variant_get(element, '$["tags"]', 'variant')) = 'VOID' or schema_of_variant(try_variant_get(element, '$["tags"]', 'variant')) like 'ARRAY<%')))) then 'wrong_type:lines.tags'
            when `lines` is not null and (exists(try_variant_get(_dbt_llm_value_lines, '$', 'array<variant>'), element -> schema_of_variant(element) like 'OBJECT<%' and (exists(try_variant_get(try_variant_get(element, '$["tags"]', 'variant'), '$', 'array<variant>'), element_48 -> not (schema_of_variant(element_48) = 'STRING'))))) then 'wrong_type:lines.tags'
            when `lines` is not null and (exists(try_variant_get(_dbt_llm_value_lines, '$', 'array<variant>'), element -> schema_of_variant(element) like 'OBJECT<%' and (exists(try_variant_get(try_variant_get(element, '$["tags"]', 'variant'), '$', 'array<variant>'), element_48 -> char_length(try_variant_get(element_48, '$', 'string')) > 9)))) then 'wrong_length:lines.tags'
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
