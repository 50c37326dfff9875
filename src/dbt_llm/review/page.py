"""The page in Streamlit. What is not our own is shown as plain text: Markdown would load pictures that it names."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from typing import Any

import streamlit as st

from ..client import ConfigurationError
from .project import Task
from .reviews import Answer, Reviews
from .values import Column, as_text, parsed, read

__all__ = ["show"]

CANNOT_SAY = "cannot say"
MOST_SHOWN = 100_000
"""Characters of one text."""
HAS_SHORTCUTS = "shortcut" in inspect.signature(st.button).parameters
"""Streamlit has them since 1.52."""


def show(reviews: Reviews, reviewer: str = "") -> None:
    """Show the page. It is the last call of an app's script, which Streamlit runs anew at each click."""
    st.set_page_config(page_title="Review", layout="wide")
    try:
        _page(reviews, reviewer)
    except ConfigurationError as error:
        _told("error", str(error))


def _page(reviews: Reviews, reviewer: str) -> None:
    state = st.session_state
    if "tasks" not in state:
        reviews.prepare()
        state.tasks = reviews.tasks()
    if not state.tasks:
        st.info("The review sample is empty. A run of a task fills it: docs/evaluation.md says at which rate.")
        return
    with st.sidebar:
        task = str(st.selectbox("Task", state.tasks))
        name = st.text_input("Reviewer", value=reviewer, key="reviewer")
        if not HAS_SHORTCUTS:
            st.warning("This Streamlit has no keyboard shortcuts: version 1.52 and later have them.")
    if state.get("task") != task:
        _open(reviews, task)
    _progress()
    columns: Sequence[Column] = state.columns
    answer = reviews.answer(task, state.queue[state.at].request_key)
    if not state.correcting:
        _buttons(reviews, task, answer, columns, name)
    # Below the buttons, which it would push down.
    _say()
    left, right = st.columns(2, gap="large")
    project = None if reviews.project is None else reviews.project.get(task)
    with left:
        _input(answer)
        _template(reviews, task, project)
    with right:
        if state.correcting:
            _correction(reviews, task, answer, columns, name, project)
        _output(answer, columns, reviews.latest(task, answer.request_key), project)


def _open(reviews: Reviews, task: str) -> None:
    """Begin, or go on where reviewers stopped."""
    state = st.session_state
    state.task, state.correcting, state.message = task, False, None
    state.columns = reviews.columns(task)
    state.queue = reviews.queue(task, state.columns)
    state.at = next((n for n, item in enumerate(state.queue) if not item.is_judged), 0)


def _progress() -> None:
    state = st.session_state
    judged = sum(item.is_judged for item in state.queue)
    st.progress(judged / len(state.queue), text=f"{judged} of {len(state.queue)} judged · row {state.at + 1}")
    if judged == len(state.queue):
        st.success("All rows of this task are judged. A new verdict on a row takes the place of the one before.")


def _say() -> None:
    """What came of the last key, once."""
    message, st.session_state.message = st.session_state.message, None
    if message:
        _told(*message)


def _told(kind: str, text: str) -> None:
    """An error may hold words of the data, which its frame would show as Markdown; the others are our own words."""
    if kind == "error":
        st.error("This did not work:")
        st.text(text)
    else:
        {"done": st.success, "note": st.info}[kind](text)


def _input(answer: Answer) -> None:
    st.subheader("Input")
    for name, value in answer.input.items():
        st.text(name)
        _value("∅" if value is None else str(value))


def _template(reviews: Reviews, task: str, project: Task | None) -> None:
    st.subheader("Prompt template")
    if project is not None:
        st.caption("As the project has it now: the answer may be of an earlier version.")
        _value(project.prompt)
    elif reviews.project is None:
        st.caption("Not known here: name dbt's target folder with --target.")
    else:
        st.text(f"The project has no task {task} now.")


def _output(
    answer: Answer, columns: Sequence[Column], verdicts: dict[str, tuple[str, str | None, str]], project: Task | None
) -> None:
    st.subheader("Output")
    if not answer.is_valid:
        st.warning("This answer is in quarantine: its columns are empty in the task's table, and the completion is evidence.")
        st.text(f"In quarantine: {answer.reason}")
    held = parsed(answer.output)
    if held is None:
        _value(answer.output or "(nothing came)")
    judged = [column.name for column in columns]
    for name, value in (held or {}).items():
        st.text(f"{name} · {_verdict_words(verdicts.get(name))}" if name in judged else f"{name} · not judged here")
        _description(project, name)
        _value("null" if value is None else as_text(value) or "")
    parts = {
        "language model": answer.model_name, "prompt version": answer.prompt_version, "row": answer.row_key,
        "rows with this prompt": answer.input_rows, "drawn for": answer.drawn_for, "request": answer.request_key[:12],
    }  # fmt: skip
    st.text(" · ".join(f"{name} {value}" for name, value in parts.items() if value is not None))


def _description(project: Task | None, column: str) -> None:
    if project is not None and column in project.descriptions:
        st.text(project.descriptions[column])


def _value(text: str) -> None:
    """A text of the data in a frame. With much more of it a browser stands still."""
    left = len(text) - MOST_SHOWN
    st.code(text[:MOST_SHOWN], language=None, wrap_lines=True)
    if left > 0:
        st.caption(f"{left:,} more characters are not shown.")


def _verdict_words(verdict: tuple[str, str | None, str] | None) -> str:
    if verdict is None:
        return "no verdict yet"
    said, value, reviewer = verdict
    return f"{said}{'' if value is None else f', it is {value}'} ({reviewer})"


def _buttons(reviews: Reviews, task: str, answer: Answer, columns: Sequence[Column], reviewer: str) -> None:
    # Keys that do the same thing are always in the same place.
    right, wrong, skip, before, after = st.columns(5)
    with right:
        if _button("Right", "y", answer, type="primary"):
            _keep(lambda: reviews.approve(task, answer, columns, reviewer), "right")
    with wrong:
        if _button("Wrong", "n", answer):
            st.session_state.correcting = True
            st.rerun()
    with skip:
        if _button("Skip", "s", answer):
            st.session_state.message = ("note", "Skipped: the row has no verdict, and comes again.")
            _next_open()
    with before:
        if _button("Before", "Left", answer):
            _go(-1)
    with after:
        if _button("After", "Right", answer):
            _go(1)


def _correction(
    reviews: Reviews, task: str, answer: Answer, columns: Sequence[Column], reviewer: str, project: Task | None
) -> None:
    """What is right: each column begins as it was answered."""
    st.markdown("**What is right?** Leave what is right as it is.")
    right: dict[str, str | None] = {}
    for n, column in enumerate(columns, start=1):
        key = f"{answer.request_key} {column.name}"
        right[column.name] = _field(n, column, answer, key)
        _description(project, column.name)
    row = st.columns(2)
    with row[0]:
        if _button("Save", "Enter", answer, type="primary"):
            _keep(lambda: reviews.correct(task, answer, columns, right, reviewer), "corrected")
    with row[1]:
        if _button("Back", "Esc", answer):
            st.session_state.correcting = False
            st.rerun()


def _field(n: int, column: Column, answer: Answer, key: str) -> str | None:
    state, answered = st.session_state, answer.values.get(column.name)
    if column.labels and column.kind == "label":
        options = [*column.labels, CANNOT_SAY]
        state.setdefault(key, answered if answered in column.labels else CANNOT_SAY)
        beside = st.columns([3, 2], vertical_alignment="bottom")
        with beside[1]:
            if n < 10 and _button("Next label", str(n), answer):
                state[key] = options[(options.index(state[key]) + 1) % len(options)]
        with beside[0]:
            chosen = st.selectbox(_literal(column.name), options, key=key)
        return None if chosen == CANNOT_SAY else str(chosen)
    if column.labels:
        state.setdefault(key, _elements(answered, column.labels))
        picked = st.multiselect(_literal(column.name), [*column.labels, CANNOT_SAY], key=key)
        return None if CANNOT_SAY in picked else as_text(picked)
    state.setdefault(key, answered or "")
    hint = {"array": "a JSON array", "number": "a number"}.get(column.kind, "the text, letter by letter")
    return st.text_input(_literal(column.name), key=key, placeholder=f"{hint}; empty: {CANNOT_SAY}").strip() or None


def _elements(answered: str | None, labels: Sequence[str]) -> list[str]:
    """What is picked at first: the answer, if the labels can say it."""
    try:
        held = [as_text(element) for element in read(answered or "")]
    except ValueError:
        held = [None]
    return [str(element) for element in held] if set(held) <= set(labels) else [CANNOT_SAY]


def _keep(write: Any, done: str) -> None:
    """Write verdicts and go on; whatever keeps them from being written is shown, and the row stays."""
    state = st.session_state
    try:
        write()
    except ConfigurationError as error:
        state.message = ("error", str(error))
        st.rerun()
    except Exception as error:
        # A database can fail in any way; the reviewer must know that nothing was kept.
        state.message = ("error", f"Not saved, try again: {type(error).__name__}: {error}")
        st.rerun()
    state.queue[state.at].is_judged = True
    state.message = ("done", f"Saved: {done}.")
    _next_open()


def _next_open() -> None:
    """The next row without a verdict, round the end."""
    state = st.session_state
    later = [*range(state.at + 1, len(state.queue)), *range(state.at + 1)]
    _move_to(next((n for n in later if not state.queue[n].is_judged), state.at))


def _go(step: int) -> None:
    state = st.session_state
    at = state.at + step
    if not 0 <= at < len(state.queue):
        state.message = ("note", "This is the first row." if step < 0 else "This is the last row.")
    _move_to(min(max(at, 0), len(state.queue) - 1))


def _move_to(at: int) -> None:
    st.session_state.at, st.session_state.correcting = at, False
    st.rerun()


def _button(label: str, shortcut: str, answer: Answer, **options: Any) -> bool:
    if HAS_SHORTCUTS:
        options["shortcut"] = shortcut
    # Each row has buttons of its own, so that a key that is pressed twice does not judge a row that nobody has seen.
    return st.button(label, key=f"{shortcut} {answer.request_key}", **options)


def _literal(text: str) -> str:
    """A text as the label of a field, which is Markdown: as code, in which nothing is markup and no address becomes a link."""
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{fence} {text} {fence}"
