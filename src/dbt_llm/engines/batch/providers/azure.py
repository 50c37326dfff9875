"""The Batch API of Azure OpenAI, by its `/openai/v1` address, which OpenAI's own client speaks to."""

from __future__ import annotations

import time
from pathlib import Path
from typing import ClassVar

from ..provider import BatchIntent, BatchLimits, BatchRejectedError
from .openai import Api, OpenAIBatches, openai

__all__ = ["AzureBatches"]

_WAIT_S = 120.0
_LOOK_EVERY_S = 2.0


class AzureBatches(OpenAIBatches):
    """Batch jobs of a Global or Data Zone Batch deployment, whose name is the model name.

    A job that takes longer than its 24 hours does not expire here: it runs on until it is cancelled.
    """

    name = "azure"
    # The reference says 50,000 and 200 MB; the guide, 100,000: https://learn.microsoft.com/azure/foundry, 2026-11
    limits = BatchLimits(requests=50_000, bytes_=200_000_000)
    _urls: ClassVar[dict[Api, str]] = {"chat": "/chat/completions", "responses": "/v1/responses"}

    def create(self, intent: BatchIntent, file: Path) -> str:
        """Create the job once the uploaded file has been read, before which it would be refused."""
        if intent.input_id is not None:
            self._wait_for(intent.input_id)
        return super().create(intent, file)

    def _wait_for(self, file_id: str) -> None:
        give_up = time.monotonic() + _WAIT_S
        while True:
            state = self._file_status(file_id)
            if state == "error":
                raise BatchRejectedError(f"the uploaded file {file_id} could not be read")
            if state not in ("pending", "running", "uploaded"):
                return
            if time.monotonic() > give_up:
                raise BatchRejectedError(f"the uploaded file {file_id} is still '{state}'", is_throttled=True)
            time.sleep(_LOOK_EVERY_S)

    def _file_status(self, file_id: str) -> str:
        try:
            return self._client.files.retrieve(file_id, extra_headers=self._headers).status
        except openai.APIError as error:
            # Whatever it was, no job has been asked for.
            raise self._refusal(error) or BatchRejectedError(
                f"the uploaded file {file_id} cannot be looked at ({type(error).__name__})", is_throttled=True
            ) from error
