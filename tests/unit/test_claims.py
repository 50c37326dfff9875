"""Claims: no two tasks of a process answer one request at once."""

from dbt_llm.claims import Claims


def test_a_task_ends_its_own_claims_only() -> None:
    claims = Claims()
    assert claims.claim("first", ["a", "b"]) == {"a", "b"}
    # Held back, and so free for others; its response is committed later all the same.
    claims.give_back("first", ["a"])
    assert claims.claim("second", ["a", "b"]) == {"a"}
    claims.give_back("first", ["a", "b"])
    assert claims.claim("third", ["a", "b"]) == {"b"}
    claims.give_back("second", ["a"])
    assert claims.claim("third", ["a"]) == {"a"}


def test_the_end_of_a_task_ends_all_its_claims() -> None:
    claims = Claims()
    claims.claim("first", ["a", "b"])
    claims.claim("second", ["c"])
    claims.give_back_all("first")
    assert claims.claim("third", ["a", "b", "c"]) == {"a", "b"}
