"""Answers what the hooks of one dbt command ask, each in a thread of its own, for as long as dbt runs."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ..client import DbtLlmError, host
from ..client.redaction import error_words
from ..database_file import DatabaseFile, remember_file
from ..drain import drain
from ..options import DrainOptions
from ..reach import reach
from ..responses import COLUMNS
from .conversation import EVERY_S, Call, Conversation, GoneError, read_calls
from .journal import Session, insert_statement, journal_of, left_behind
from .tables import FileTables, outlet_of

__all__ = ["Service"]

_POLL_S = 0.02


class Service:
    """What the companion does for dbt. `look` for calls from one thread; `end` when dbt has ended."""

    def __init__(self, folder: Path) -> None:
        """`folder`: where the hooks put their calls; readable by its owner only."""
        self._folder = folder
        self._is_over = threading.Event()
        self._threads: list[threading.Thread] = []
        self._sessions: dict[Path, Session] = {}
        self._lock = threading.Lock()
        self._recovering = threading.Lock()
        self._creating = threading.Lock()
        self._answers: Mapping[str, Callable[[Call, Conversation], Any]] = {
            "drain": self._drain,
            "recover": self._recover,
            "create": self._create,
            "reach": lambda call, _: json.loads(reach(json.dumps(call.options))),
        }

    def look(self) -> None:
        """Begin to answer the calls that have come."""
        for call in read_calls(self._folder):
            # A daemon: what hangs must not keep the terminal.
            thread = threading.Thread(target=self._answer, args=(call,), name=f"dbt-llm-{call.name}", daemon=True)
            self._threads = [one for one in self._threads if one.is_alive()] + [thread]
            thread.start()

    def end(self) -> None:
        """Have what still runs end, keep its answers, and leave no file but those that a later run is to take in."""
        self._is_over.set()
        host.interrupt_all()
        for thread in self._threads:
            thread.join()
        for session in self._sessions.values():
            session.close()

    def _answer(self, call: Call) -> None:
        conversation = Conversation(self._folder, call.id, self._is_over.is_set)
        try:
            conversation.end(self._answers[call.name](call, conversation))
        except GoneError:
            return
        except DbtLlmError as error:
            conversation.refuse(str(error))
        # Whatever it is, a hook waits for it.
        except Exception as error:
            conversation.refuse(f"dbt_llm: the companion could not {call.name} ({error_words(error)}).")

    def _drain(self, call: Call, conversation: Conversation) -> Any:
        host.refuse_to_spend_in("enrich", call.command, is_empty=call.is_empty)
        session = self._session(call)
        database = DatabaseFile(call.database or "")
        work = session.folder / f"{uuid.uuid4().hex}.work"
        relation, requests = call.options["responses_relation"], call.options["work_relation"]
        conversation.ask(
            [
                f"select {', '.join(COLUMNS)} from {relation} limit 0",
                "copy (\n    select cast(n as bigint) as n, request_key, prompt, cast(attempt as bigint) as attempt,\n"
                "        cast(superseded as bigint) as superseded\n"
                f"    from {requests}\n    order by n\n) to '{str(work).replace(chr(39), chr(39) * 2)}' (format json)",
            ]
        )
        opened: Future[FileTables] = Future()

        def open_tables(options: DrainOptions) -> FileTables:
            opened.set_result(FileTables(work, options, session, database))
            return opened.result()

        is_gone = threading.Event()
        text = json.dumps({**call.options, "allow_outside_dbt": True})
        with ThreadPoolExecutor(1, "dbt-llm-drain") as thread:
            drained = thread.submit(drain, text, open_tables, is_gone.is_set)
            try:
                self._hand_over(relation, conversation, opened, drained)
            except GoneError:
                is_gone.set()
                raise
            finally:
                drained.exception()
                if opened.done():
                    opened.result().leave()
        return json.loads(drained.result())

    def _hand_over(self, relation: str, conversation: Conversation, opened: Future[FileTables], drained: Future[str]) -> None:
        """Have the answers taken in while they come, and those that other tasks have left."""
        told_at = time.monotonic()
        while True:
            # Asked first: what was written until then is handed over before the end.
            is_last = drained.done()
            tables = opened.result() if opened.done() else None
            own = tables.written() if tables is not None else []
            adopted = outlet_of(relation).adopt()
            statements = [insert_statement(relation, own, may_be_known=False)] if own else []
            statements += [insert_statement(relation, adopted, may_be_known=True)] if adopted else []
            if statements or (time.monotonic() - told_at > EVERY_S and not is_last):
                try:
                    conversation.ask(statements)
                except GoneError:
                    outlet_of(relation).abandon([*own, *adopted])
                    raise
                told_at = time.monotonic()
                if tables is not None:
                    tables.settle(own)
                outlet_of(relation).settle(adopted)
            elif is_last:
                return
            else:
                time.sleep(_POLL_S)

    def _recover(self, call: Call, conversation: Conversation) -> int:
        """Have the answers taken in that dead companions have left. Returns how many files there were."""
        if call.database is None:
            return 0
        relation = call.options["responses_relation"]
        # Whoever comes second waits, and then finds nothing.
        with self._recovering, left_behind(journal_of(call.database), relation) as batches:
            if batches:
                conversation.ask([insert_statement(relation, batches, may_be_known=True)])
            return len(batches)

    def _create(self, call: Call, conversation: Conversation) -> None:
        """Have a table made that is missing, one at a time: two tasks that make it at once would conflict."""
        with self._creating:
            conversation.ask([call.options["statement"]])

    def _session(self, call: Call) -> Session:
        """The session beside the call's database; in the folder of the calls for one in memory, which ends with dbt."""
        journal = self._folder / "journal"
        if call.database is not None:
            if not Path(call.database).is_file():
                raise DbtLlmError(
                    f"dbt_llm.enrich: the companion finds no database file '{call.database}'. Expected dbt's own;"
                    " got none. Run `dbt-llm dbt` in the folder from which the profile's path is meant."
                )
            remember_file(call.database)
            journal = journal_of(call.database)
        with self._lock:
            if journal not in self._sessions:
                self._sessions[journal] = Session(journal)
            return self._sessions[journal]
