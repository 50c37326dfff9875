"""BigQuery's AI functions as calls of two DuckDB functions, which ask the endpoint: for a text, and for a vector."""

from bqemulator.storage.engine import DuckDBEngine

from . import generate, generate_embedding, generate_text
from .calls import Argument, Replacement
from .completions import ANSWER, Completions

FUNCTION = "stand_in_generate"
EMBEDDING_FUNCTION = "stand_in_embed"


def install(completions: Completions) -> None:
    register = DuckDBEngine._register_builtin_udfs

    def register_all(engine):
        register(engine)
        text = "struct(" + ", ".join(f'"{member.name}" varchar' for member in ANSWER) + ")"
        vector = "struct(embedding double[], statistics varchar, status varchar)"
        for name, function, returned in (
            (FUNCTION, completions.answer, text),
            (EMBEDDING_FUNCTION, completions.embed, vector),
        ):
            engine.connection.create_function(
                name, function, ["varchar", "bigint"], returned, type="arrow", null_handling="special", side_effects=True
            )

    DuckDBEngine._register_builtin_udfs = register_all


def replacements(completions: Completions, project_id: str, ctx) -> dict[str, Replacement]:
    def of_rows(arguments: list[Argument]) -> str:
        call, source = generate_text.bind(arguments, project_id, ctx)
        return (
            "(select _ai_answer.result as result, stand_in_parse_json_1(_ai_answer.full_response) as full_response,"
            " _ai_answer.status as status, _ai_rows.* except (_ai_answer)"
            f" from (select _ai_input.*, {FUNCTION}(_ai_input.prompt, {completions.register(call)}) as _ai_answer"
            f" from {source} as _ai_input) as _ai_rows)"
        )

    def of_one(arguments: list[Argument]) -> str:
        call, prompt = generate.bind(arguments)
        return f"{FUNCTION}({prompt}, {completions.register(call)})"

    def vectors_of_rows(arguments: list[Argument]) -> str:
        call, source = generate_embedding.bind(arguments, project_id, ctx)
        return (
            "(select _ai_answer.embedding as embedding, stand_in_parse_json_1(_ai_answer.statistics) as statistics,"
            " _ai_answer.status as status, _ai_rows.* except (_ai_answer)"
            f" from (select _ai_input.*, {EMBEDDING_FUNCTION}(_ai_input.content, {completions.register(call)}) as _ai_answer"
            f" from {source} as _ai_input) as _ai_rows)"
        )

    return {"ai.generate_text": of_rows, "ai.generate_embedding": vectors_of_rows, "ai.generate": of_one}
