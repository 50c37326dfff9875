"""Batch inference of Amazon Bedrock, with its input and its results in S3."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

from ....client import ConfigurationError, MissingDependencyError
from ....client.redaction import shown
from ..provider import (
    BatchIntent,
    BatchLimits,
    BatchNotFoundError,
    BatchRejectedError,
    BatchResult,
    BatchState,
    BatchStatus,
    Discovery,
)
from .answers import custom_id_of, job_name, newest, results, said, since, unanswered, unreadable

try:
    import boto3  # type: ignore[import-untyped]
    from botocore.config import Config  # type: ignore[import-untyped]
    from botocore.exceptions import (  # type: ignore[import-untyped]
        ClientError,
        NoCredentialsError,
        ParamValidationError,
        PartialCredentialsError,
    )
except ImportError as error:
    raise MissingDependencyError(
        f"dbt_llm: the batch engine needs '{error.name}' for this provider, which is not installed. "
        "Run: pip install 'dbt-llm[bedrock]'"
    ) from error

__all__ = ["BedrockBatches"]

_STATES = {
    "Submitted": BatchState.QUEUED,
    "Validating": BatchState.QUEUED,
    "Scheduled": BatchState.QUEUED,
    "InProgress": BatchState.RUNNING,
    "Stopping": BatchState.RUNNING,
    "Completed": BatchState.COMPLETED,
    "PartiallyCompleted": BatchState.COMPLETED,
    "Failed": BatchState.FAILED,
    "Expired": BatchState.EXPIRED,
    "Stopped": BatchState.CANCELLED,
}
_THROTTLED = frozenset({"ServiceQuotaExceededException", "ThrottlingException", "TooManyRequestsException", "SlowDown"})
# A conflict may be with the very job that an earlier call has made.
_AMBIGUOUS = frozenset({"ConflictException", "RequestTimeout", "RequestTimeoutException"})
_NOT_FOUND = frozenset({"404", "NoSuchKey", "NotFound", "ResourceNotFoundException"})
_PAGE = 100
_PIECE = 1 << 20


class BedrockBatches:
    """Batch jobs that are labelled by their name, and created once however often they are asked for.

    Name and token derive from the batch key and from the place of the input, which has the time of the intent in it:
    the same requests may be submitted again after their job has failed, which the same token would not do.
    """

    name = "bedrock"
    # Quotas of each model and region, these the lowest: https://docs.aws.amazon.com/general/latest/gr/bedrock.html, 2026-11
    limits = BatchLimits(requests=50_000, bytes_=200_000_000, min_requests=100)

    def __init__(
        self,
        *,
        model_name: str,
        role_arn: str,
        s3_uri: str,
        region: str | None = None,
        kms_key_id: str | None = None,
        timeout_hours: int = 24,
        base_url: str | None = None,
    ) -> None:
        """`role_arn`: what Bedrock reads and writes below `s3_uri` as. `region`: else that of the AWS configuration.

        Credentials are found as every AWS tool finds them. `base_url`: Bedrock's own; S3's is `AWS_ENDPOINT_URL_S3`.
        """
        place = urlsplit(s3_uri)
        self._bucket, self._prefix = place.netloc, place.path.strip("/")
        self._model, self._role = model_name, role_arn
        self._timeout_hours, self._kms_key_id = timeout_hours, kms_key_id
        once = Config(retries={"total_max_attempts": 1, "mode": "standard"}, connect_timeout=10, read_timeout=60)
        session = boto3.session.Session(region_name=region)
        if session.region_name is None:
            raise ConfigurationError(["provider 'bedrock' has no region. Expected 'region', or AWS_DEFAULT_REGION; got nothing."])
        self._bedrock: Any = session.client("bedrock", endpoint_url=base_url, config=once)
        self._s3: Any = session.client("s3", config=once)

    def custom_id(self, batch_key: str, request_key: str) -> str:  # noqa: ARG002
        """The request key."""
        return request_key

    def line(self, custom_id: str, body: bytes) -> bytes:
        """The record of a request in the input file."""
        return b'{"recordId":"' + custom_id.encode() + b'","modelInput":' + body + b"}\n"

    def upload(self, intent: BatchIntent, file: Path) -> str:
        """Put the input file into S3; return its URI."""
        key = self._key(f"input/{intent.batch_key}-{intent.created_at:.0f}.jsonl")
        encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": self._kms_key_id} if self._kms_key_id else None
        try:
            self._s3.upload_file(str(file), self._bucket, key, ExtraArgs=encryption)
        except boto3.exceptions.S3UploadFailedError as error:
            # It wraps what S3 has said, which is what counts.
            if isinstance(error.__context__, ClientError):
                _refuse(error.__context__)
            raise
        except (ClientError, NoCredentialsError, PartialCredentialsError, ParamValidationError) as error:
            _refuse(error)
        return f"s3://{self._bucket}/{key}"

    def create(self, intent: BatchIntent, file: Path) -> str:  # noqa: ARG002
        """Create the job over the uploaded file; return its ARN."""
        if intent.input_id is None:
            raise ValueError("create needs the URI of the uploaded file in the intent")
        output: dict[str, str] = {"s3Uri": f"s3://{self._bucket}/{self._key('output/')}"}
        if self._kms_key_id:
            output["s3EncryptionKeyId"] = self._kms_key_id
        name = _name(intent)
        try:
            job = self._bedrock.create_model_invocation_job(
                jobName=name,
                clientRequestToken=name,
                roleArn=self._role,
                modelId=self._model,
                modelInvocationType="Converse",
                inputDataConfig={"s3InputDataConfig": {"s3InputFormat": "JSONL", "s3Uri": intent.input_id}},
                outputDataConfig={"s3OutputDataConfig": output},
                timeoutDurationInHours=self._timeout_hours,
            )
        except (ClientError, NoCredentialsError, PartialCredentialsError, ParamValidationError) as error:
            _refuse(error)
        return str(job["jobArn"])

    def find(self, intent: BatchIntent) -> str | Discovery:
        """Read the list of jobs with the label in their name, for the intent's own name where its input is known."""
        start = since(intent)
        named = [
            (job["submitTime"].timestamp(), job["jobArn"], job["jobName"])
            for page in self._pages(nameContains=job_name(intent))
            for job in page
            if job["jobArn"] not in intent.known_ids
        ]
        if intent.input_id is not None:
            return newest((at, arn) for at, arn, name in named if name == _name(intent))
        return newest((at, arn) for at, arn, _ in named if at >= start)

    def status(self, batch_id: str) -> BatchStatus:
        """Look at a job."""
        try:
            job = self._bedrock.get_model_invocation_job(jobIdentifier=batch_id)
        except ClientError as error:
            if _code(error) in _NOT_FOUND:
                raise BatchNotFoundError(said(str(error), key=None)) from error
            raise
        return _status(job)

    def results(self, batch_id: str, status: BatchStatus) -> Iterator[BatchResult]:  # noqa: ARG002
        """Stream the output files in the job's own folder in S3, as far as there are any."""
        listing = self._s3.get_paginator("list_objects_v2")
        for uri in status.output_ids:
            place = urlsplit(uri)
            for page in listing.paginate(Bucket=place.netloc, Prefix=place.path.lstrip("/")):
                for found in page.get("Contents", []):
                    if found["Key"].endswith(".jsonl.out"):
                        body = self._s3.get_object(Bucket=place.netloc, Key=found["Key"])["Body"]
                        try:
                            yield from results(body.iter_chunks(_PIECE), _result)
                        finally:
                            body.close()

    def cancel(self, batch_id: str) -> None:
        """Ask that a job be stopped; what it has answered is written, and charged."""
        self._bedrock.stop_model_invocation_job(jobIdentifier=batch_id)

    def open_jobs(self) -> Iterable[tuple[str, BatchStatus]]:
        """The jobs of the region that have not ended."""
        for page in self._pages():
            for job in page:
                status = _status(job)
                if not status.state.is_terminal:
                    yield job["jobArn"], status

    def _key(self, name: str) -> str:
        return f"{self._prefix}/{name}" if self._prefix else name

    def _pages(self, **where: Any) -> Iterator[list[dict[str, Any]]]:
        more: dict[str, str] = {}
        while True:
            answer = self._bedrock.list_model_invocation_jobs(
                maxResults=_PAGE, sortBy="CreationTime", sortOrder="Descending", **where, **more
            )
            yield answer.get("invocationJobSummaries", [])
            token = answer.get("nextToken")
            if not token:
                return
            more = {"nextToken": token}


def _name(intent: BatchIntent) -> str:
    """The job's name and its token, at most 63 of `[a-zA-Z0-9-]`."""
    return f"{job_name(intent)}-{hashlib.sha256(str(intent.input_id).encode()).hexdigest()[:12]}"


def _result(row: dict[str, Any]) -> BatchResult:
    custom_id = custom_id_of(row, "recordId")
    if custom_id is None:
        return unreadable("a line of the results has no recordId")
    output, error = row.get("modelOutput"), row.get("error")
    if isinstance(output, dict):
        return BatchResult(custom_id, status=200, body=output)
    if isinstance(error, dict):
        code, message = error.get("errorCode"), error.get("errorMessage")
        if isinstance(code, int) and code >= 100:
            return BatchResult(custom_id, status=code, body={"message": message})
        return unanswered(custom_id, "error", str(code), message)
    return unanswered(custom_id, "error", None, "a record without an output")


def _status(job: dict[str, Any]) -> BatchStatus:
    word = job.get("status", "")
    message = said(job["message"], key=None) if job.get("message") else None
    if word not in _STATES:
        message = f"the provider says '{word}'"
    output = job["outputDataConfig"]["s3OutputDataConfig"]["s3Uri"].rstrip("/")
    return BatchStatus(
        _STATES.get(word, BatchState.RUNNING),
        total=job.get("totalRecordCount"),
        succeeded=job.get("successRecordCount"),
        failed=job.get("errorRecordCount"),
        message=message,
        # Where the endpoint's option pointed when the job was created.
        output_ids=(f"{output}/{job['jobArn'].rsplit('/', 1)[-1]}/",),
    )


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _refuse(error: Any) -> NoReturn:
    """Raise what a failed call means: a refusal, or nothing."""
    if not isinstance(error, ClientError):
        # Found by the client itself, before anything was sent.
        # About the job, which is ours: it has seen no request.
        raise BatchRejectedError(shown(str(error))) from error
    code = _code(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if 400 <= status < 500 and status not in (408, 409) and code not in _AMBIGUOUS:
        raise BatchRejectedError(said(str(error), code, key=None), is_throttled=code in _THROTTLED) from error
    raise error
