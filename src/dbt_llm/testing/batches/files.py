"""Uploaded and written files, on disk until the server stops."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class StoredFile:
    """A file that a provider's API knows. `kind`: `input`, `output` or `errors`. `created_at`: seconds since the epoch."""

    id: str
    path: Path
    name: str
    kind: str
    created_at: float
    lines: int | None = None

    @property
    def size(self) -> int:
        """Bytes."""
        return self.path.stat().st_size


class FileStore:
    """The files of one server, in a temporary folder that exists from the first file on."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._files: dict[str, StoredFile] = {}

    def new_path(self) -> Path:
        """Where the next file may be written."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="dbt-llm-stand-in-"))
        return self._folder / uuid.uuid4().hex

    def new_id(self) -> str:
        """An id that no other file has."""
        return f"file-{uuid.uuid4().hex[:24]}"

    def add(self, file: StoredFile) -> StoredFile:
        """Make a file known."""
        self._files[file.id] = file
        return file

    def get(self, file_id: str | None) -> StoredFile | None:
        """The file with an id, if there is one."""
        return self._files.get(file_id or "")

    def newest_first(self) -> list[StoredFile]:
        """All files."""
        return list(self._files.values())[::-1]

    def delete(self, file_id: str) -> bool:
        """Forget a file; say whether there was one. Its bytes stay, as a job may still read them."""
        return self._files.pop(file_id, None) is not None

    def delete_all(self) -> None:
        """Delete every file, and the folder."""
        self._files.clear()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
