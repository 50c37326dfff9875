"""ZetaSQL's WebAssembly, compiled once for an environment: it takes half a minute, and each later start two seconds."""

import os
import sys
from importlib.metadata import version
from pathlib import Path

import wasmtime

FOLDER = Path(sys.prefix) / "compiled"
"""In the environment itself, because what is read from here is executed."""


def keep_compiled_modules() -> None:
    """Let wasmtime load a module that it has compiled before, and keep the one that it compiles."""
    compile_module = wasmtime.Module.from_file

    def load(engine: wasmtime.Engine, path: str) -> wasmtime.Module:
        source = Path(path).stat()
        kept = FOLDER / f"{Path(path).stem}-{source.st_size}-{source.st_mtime_ns}-wasmtime-{version('wasmtime')}"
        if kept.exists():
            return wasmtime.Module.deserialize_file(engine, str(kept))
        module = compile_module(engine, path)
        FOLDER.mkdir(exist_ok=True)
        # Another process may read while this one writes.
        partial = kept.with_suffix(f".{os.getpid()}")
        partial.write_bytes(module.serialize())
        partial.rename(kept)
        return module

    wasmtime.Module.from_file = staticmethod(load)
