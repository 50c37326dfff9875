"""The names of a stage: as every worker finds it, and as Spark itself reads it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

__all__ = ["absolute", "spark_url"]


def absolute(url: str) -> str:
    """A path from the root, as workers have other folders; a URL as it is. Without a slash at its end."""
    return (url if urlsplit(url).scheme else str(Path(url).expanduser().absolute())).rstrip("/")


def spark_url(url: str) -> str:
    """With a scheme: without one Spark looks in the cluster's own file system, which need not be the disk."""
    return url if urlsplit(url).scheme else f"file://{url}"
