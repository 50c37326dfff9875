"""The classes in java/, compiled for this environment's Spark."""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pyspark

_SOURCES = Path(__file__).parent / "java"
_SERVICE = "META-INF/services/org.apache.spark.sql.sources.DataSourceRegister"
JARS = Path(pyspark.__file__).parent / "jars"


def folder():
    """The folder of the classes: compiled once for what the sources say, and kept in the environment."""
    sources = sorted(_SOURCES.rglob("*.java"))
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:16]
    compiled = Path(sys.prefix) / "stand_in_classes" / digest
    if not compiled.exists():
        compiled.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=compiled.parent) as work:
            _compile(sources, Path(work) / "classes")
            _move(Path(work) / "classes", compiled)
    return compiled


def _compile(sources, classes):
    command = ["javac", "--release", "17", "-nowarn", "-cp", f"{JARS}/*", "-d", str(classes), *map(str, sources)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise RuntimeError(f"javac refused the stand-in's classes:\n{done.stdout}")
    service = classes / _SERVICE
    service.parent.mkdir(parents=True)
    service.write_text("stand_in.DeltaProvider\n")


def _move(classes, compiled):
    try:
        classes.rename(compiled)
    except OSError:
        # Another stand-in that started at the same time was quicker.
        if not compiled.exists():
            shutil.move(classes, compiled)
