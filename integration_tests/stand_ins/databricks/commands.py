"""The calls by which dbt runs a Python model on an all-purpose cluster: the model's code runs in this process."""

import itertools
import threading
import traceback
from urllib.parse import parse_qs, urlparse

_CLUSTER = "stand-in"


class Commands:
    """Answers the REST API of execution contexts, 1.2. A command runs in a thread and a Spark session of its own."""

    def __init__(self, new_session):
        self._new_session = new_session
        self._numbers = itertools.count(1)
        self._results = {}

    def answer(self, method, path, body):
        """The JSON of a call, or None where there is no such call."""
        place = urlparse(path)
        asked = {name: values[0] for name, values in parse_qs(place.query).items()} | body
        name = f"{method} {place.path.rpartition('/api/')[2].partition('/')[2]}"
        answers = {
            "GET clusters/get": lambda: {"cluster_id": _CLUSTER, "state": "RUNNING", "spark_version": "17.3.x-scala2.13"},
            "GET libraries/cluster-status": lambda: {"cluster_id": _CLUSTER, "library_statuses": []},
            "POST contexts/create": lambda: {"id": f"context-{next(self._numbers)}"},
            "GET contexts/status": lambda: {"id": asked["contextId"], "status": "Running"},
            "POST contexts/destroy": lambda: {"id": asked["contextId"]},
            "POST commands/execute": lambda: self._execute(asked["command"]),
            "GET commands/status": lambda: self._status(asked["commandId"]),
            "POST commands/cancel": lambda: {"id": asked["commandId"]},
        }
        return answers[name]() if name in answers else None

    def _execute(self, code):
        identifier = f"command-{next(self._numbers)}"
        self._results[identifier] = None
        threading.Thread(target=self._run, args=(identifier, code), daemon=True).start()
        return {"id": identifier}

    def _run(self, identifier, code):
        try:
            exec(compile(code, "<dbt Python model>", "exec"), {"spark": self._new_session(), "__name__": "__main__"})
        except BaseException as failure:
            # Whatever it was, the client gets it as the command's error.
            self._results[identifier] = {
                "resultType": "error",
                "summary": f"{type(failure).__name__}: {failure}",
                "cause": traceback.format_exc(),
            }
        else:
            self._results[identifier] = {"resultType": "text", "data": ""}

    def _status(self, identifier):
        result = self._results[identifier]
        if result is None:
            return {"id": identifier, "status": "Running"}
        return {"id": identifier, "status": "Finished", "results": result}
