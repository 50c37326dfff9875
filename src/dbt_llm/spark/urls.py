"""The names of a stage as Spark itself reads it."""

from __future__ import annotations

from urllib.parse import urlsplit

__all__ = ["spark_url"]


def spark_url(url: str) -> str:
    """With a scheme: without one Spark looks in the cluster's own file system, which need not be the disk."""
    return url if urlsplit(url).scheme else f"file://{url}"
