{# The companion beside a dbt without Python: a hook asks it through files, and runs the statements that it sends. #}

{#
    What answers on this target: `plugin`, in dbt's own process, `companion`, beside it (`dbt-llm dbt`), or none. A folder whose
    companion is gone is none.
#}
{%- macro _engine_place() -%}
    {%- if run_query("select count(*) from duckdb_functions() where function_name = 'dbt_llm_drain'").rows[0][0] | int > 0 -%}
        {{ return('plugin') }}
    {%- endif -%}
    {%- set folder = env_var('DBT_LLM_COMPANION', '') -%}
    {%- if folder and run_query('select count(*) from glob(' ~ dbt_llm.string_literal(folder ~ '/companion') ~ ')').rows[0][0] | int > 0 -%}
        {{ return('companion') }}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro -%}

{#
    Ask the companion `name` with these options, and return what it answers: JSON as a value. `responses`: the table beside whose
    database its files are. The other side is src/dbt_llm/companion/conversation.py.
#}
{%- macro _ask_companion(name, responses, options) -%}
    {%- set call = env_var('DBT_LLM_COMPANION') ~ '/' ~ run_query('select cast(uuid() as varchar)').rows[0][0] -%}
    {%- set asked = {
        'name': name, 'command': flags.WHICH, 'is_empty': flags.EMPTY or false, 'database': dbt_llm._database_file(responses), 'options': options,
    } -%}
    {# Complete when it is there, as it is written under another name first. #}
    {%- do run_query(
        'copy (select ' ~ dbt_llm.string_literal(tojson(asked)) ~ ' as asked) to ' ~ dbt_llm.string_literal(call ~ '.call')
        ~ ' (format json, use_tmp_file true)'
    ) -%}
    {%- set ns = namespace(turn=1, silent_ms=0, pause_ms=10, answer=none) -%}
    {# Jinja knows no endless loop: this one lasts for days, and is left at once. #}
    {%- for _ in range(128) -%}
        {%- for _ in range(128) if ns.answer is none -%}
            {%- for _ in range(128) if ns.answer is none -%}
                {%- if ns.answer is none -%}
                    {%- set path = call ~ '.' ~ ns.turn -%}
                    {%- set turn = dbt_llm._companion_turn(path, ns.pause_ms) -%}
                    {%- if turn is none -%}
                        {%- set ns.silent_ms = ns.silent_ms + ns.pause_ms -%}
                        {%- set ns.pause_ms = [ns.pause_ms * 2, 160] | min -%}
                        {%- if ns.silent_ms > 20000 -%}
                            {%- do exceptions.raise_compiler_error(
                                'dbt_llm.' ~ name ~ ': the companion beside dbt is gone. Expected it to live as long as dbt; got no word of it for 20 s. '
                                ~ 'What it has answered is kept: run `dbt-llm dbt` again.'
                            ) -%}
                        {%- endif -%}
                    {%- elif 'error' in turn -%}
                        {%- do exceptions.raise_compiler_error(turn.error) -%}
                    {%- elif 'result' in turn -%}
                        {%- set ns.answer = {'result': turn.result} -%}
                    {%- else -%}
                        {%- for statement in turn.statements -%}
                            {%- do run_query(statement) -%}
                        {%- endfor -%}
                        {%- do run_query('copy (select 1 as taken) to ' ~ dbt_llm.string_literal(path ~ '.taken') ~ ' (format json)') -%}
                        {%- set ns.turn = ns.turn + 1 -%}
                        {%- set ns.silent_ms = 0 -%}
                        {%- set ns.pause_ms = 10 -%}
                    {%- endif -%}
                {%- endif -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(ns.answer.result) }}
{%- endmacro -%}

{# The file of the database that a table is in; none for one in memory. #}
{%- macro _database_file(relation) -%}
    {{ return(run_query(
        'select path from duckdb_databases() where lower(database_name) = lower(' ~ dbt_llm.string_literal(relation.database) ~ ')'
    ).rows[0][0] or none) }}
{%- endmacro -%}

{# The companion's turn in a file, or none if it is not there after so many milliseconds. #}
{%- macro _companion_turn(path, pause_ms) -%}
    {%- set file = dbt_llm.string_literal(path ~ '.turn') -%}
    {%- set found = run_query('select cast(sleep_ms(' ~ pause_ms ~ ') as varchar), (select count(*) from glob(' ~ file ~ '))').rows[0][1] | int -%}
    {{ return(fromjson(run_query('select content from read_text(' ~ file ~ ')').rows[0][0]) if found else none) }}
{%- endmacro -%}
