"""The files of a stage, on a disk that all see or in an object store: each is there whole, or is not there."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

__all__ = ["Files", "absolute", "files_at"]


class Files(Protocol):
    """Files below a folder, by names with `/` in them. Raises `OSError`."""

    def write(self, name: str, content: bytes) -> None:
        """Make a file, or replace it. Whoever lists or reads it finds all of it."""

    def read(self, name: str) -> bytes | None:
        """What is in it; None where there is none."""

    def open(self, name: str) -> Any:
        """The file, to be read in parts and closed: what Arrow takes for one."""

    def names(self, folder: str = "") -> list[str]:
        """The files below a folder, in no order; none where there is no such folder."""

    def remove(self, name: str) -> None:
        """Take it away, if it is there, and the folders that it leaves empty."""


def absolute(url: str) -> str:
    """A path from the root, as workers have other folders; a URL as it is. Without a slash at its end."""
    return (url if urlsplit(url).scheme else str(Path(url).expanduser().absolute())).rstrip("/")


def files_at(url: str) -> Files:
    """The files below a path or a URL: a disk's, or of a store that `pyarrow.fs` knows (`s3`, `gs`, `abfss`)."""
    scheme = urlsplit(url).scheme
    if scheme in ("", "file") or len(scheme) == 1:
        return _Disk(Path(urlsplit(url).path if scheme == "file" else url))
    return _Store(url)


class _Disk:
    """Only their owner reads them: they hold answers, and prompts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, name: str, content: bytes) -> None:
        path = self._folder / name
        _make(path.parent)
        beside = path.parent / f".{secrets.token_hex(8)}"
        try:
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(beside, path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise

    def read(self, name: str) -> bytes | None:
        try:
            return (self._folder / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def open(self, name: str) -> Any:
        return (self._folder / name).open("rb")

    def names(self, folder: str = "") -> list[str]:
        return list(self._below(self._folder / folder))

    def _below(self, folder: Path) -> Iterator[str]:
        # Not by `rglob`, which stops where a folder goes while it looks.
        with suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    yield from self._below(Path(entry.path))
                elif not entry.name.startswith("."):
                    yield Path(entry.path).relative_to(self._folder).as_posix()

    def remove(self, name: str) -> None:
        path = self._folder / name
        path.unlink(missing_ok=True)
        for parent in path.parents:
            if parent == self._folder.parent:
                return
            try:
                parent.rmdir()
            except OSError:
                return


def _make(folder: Path) -> None:
    # By itself: `parents` would leave those above it open to others.
    if not folder.exists():
        _make(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


class _Store:
    """An object is there once all of it has come, so its own name will do."""

    def __init__(self, url: str) -> None:
        from pyarrow import fs  # type: ignore[import-untyped]

        # Spark's names for what others call s3 and gs.
        for scheme, known in (("s3a://", "s3://"), ("s3n://", "s3://")):
            url = known + url[len(scheme) :] if url.startswith(scheme) else url
        self._fs: Any
        self._fs, self._folder = fs.FileSystem.from_uri(url)
        self._selector = fs.FileSelector
        self._file = fs.FileType.File

    def write(self, name: str, content: bytes) -> None:
        self._fs.create_dir(f"{self._folder}/{name}".rpartition("/")[0], recursive=True)
        # In one write: to leave this block with an error would complete what has been sent so far.
        with self._fs.open_output_stream(f"{self._folder}/{name}") as stream:
            stream.write(content)

    def read(self, name: str) -> bytes | None:
        try:
            with self._fs.open_input_stream(f"{self._folder}/{name}") as stream:
                return bytes(stream.read())
        except FileNotFoundError:
            return None

    def open(self, name: str) -> Any:
        return self._fs.open_input_file(f"{self._folder}/{name}")

    def names(self, folder: str = "") -> list[str]:
        below = self._selector(f"{self._folder}/{folder}".rstrip("/"), recursive=True, allow_not_found=True)
        start = len(self._folder) + 1
        found = self._fs.get_file_info(below)
        return [info.path[start:] for info in found if info.type == self._file and not info.base_name.startswith(".")]

    def remove(self, name: str) -> None:
        with suppress(FileNotFoundError):
            self._fs.delete_file(f"{self._folder}/{name}")
