"""The files of OpenAI and of Mistral, whose APIs differ in no more than a few fields that both may have."""

from __future__ import annotations

from ..chat import BadRequestError
from .calls import Call, Route, Sent, not_found, route
from .files import StoredFile
from .registry import Batches

_PURPOSES = {"input": "batch", "output": "batch_output", "errors": "batch_output"}
_SAMPLE_TYPES = {"input": "batch_request", "output": "batch_result", "errors": "batch_error"}


class FilesApi:
    """`/v1/files`."""

    def __init__(self, batches: Batches, prefix: str) -> None:
        self._batches = batches
        self.routes: list[Route] = [
            route("POST", f"{prefix}/v1/files", "upload", self.upload),
            route("GET", f"{prefix}/v1/files", "list_files", self.list_files),
            route("GET", f"{prefix}/v1/files/{{file_id}}", "retrieve_file", self.retrieve),
            route("DELETE", f"{prefix}/v1/files/{{file_id}}", "delete_file", self.delete),
            route("GET", f"{prefix}/v1/files/{{file_id}}/content", "results", self.content),
        ]

    def upload(self, call: Call) -> Sent:
        if call.fields.get("purpose") != "batch":
            raise BadRequestError(f"Invalid 'purpose': this server takes 'batch'; got '{call.fields.get('purpose')}'.")
        files = self._batches.files
        path = call.body.rename(files.new_path())
        name = call.fields.get("filename", "file.jsonl")
        file = files.add(StoredFile(files.new_id(), path, name, "input", self._batches.clock()))
        return Sent(body=_shown(file))

    def list_files(self, call: Call) -> Sent:
        limit = call.number("limit", 10_000, 10_000)
        files = self._batches.files.newest_first()
        wanted = call.query.get("purpose")
        shown = [_shown(file) for file in files if wanted in (None, _PURPOSES[file.kind])]
        if call.query.get("order") == "asc":
            shown.reverse()
        ids = [file["id"] for file in shown]
        after = call.query.get("after")
        start = ids.index(after) + 1 if after in ids else 0
        page = shown[start : start + limit]
        has_more = start + limit < len(shown)
        return Sent(body={"object": "list", "data": page, "has_more": has_more, "total": len(shown)})

    def retrieve(self, call: Call, file_id: str) -> Sent:  # noqa: ARG002
        return Sent(body=_shown(self._file(file_id)))

    def delete(self, call: Call, file_id: str) -> Sent:  # noqa: ARG002
        self._file(file_id)
        self._batches.files.delete(file_id)
        return Sent(body={"id": file_id, "object": "file", "deleted": True})

    def content(self, call: Call, file_id: str) -> Sent:  # noqa: ARG002
        return Sent(file=self._file(file_id).path)

    def _file(self, file_id: str) -> StoredFile:
        file = self._batches.files.get(file_id)
        if file is None:
            raise not_found("File object", file_id)
        return file


def _shown(file: StoredFile) -> dict[str, object]:
    return {
        "id": file.id,
        "object": "file",
        "bytes": file.size,
        "created_at": int(file.created_at),
        "filename": file.name,
        "purpose": _PURPOSES[file.kind],
        "status": "processed",
        "sample_type": _SAMPLE_TYPES[file.kind],
        "source": "upload" if file.kind == "input" else "mistral",
        "num_lines": file.lines,
        "deleted": False,
    }
