"""Batch inference of Amazon Bedrock, through boto3: S3 by moto, Bedrock's answers by botocore's stubber."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("boto3")
pytest.importorskip("moto")
import boto3
from botocore.exceptions import ClientError
from botocore.stub import ANY, Stubber
from moto import mock_aws

from dbt_llm.client import ConfigurationError
from dbt_llm.engines.batch.provider import BatchNotFoundError, BatchRejectedError, BatchResult, BatchState, Discovery
from dbt_llm.engines.batch.providers.bedrock import BedrockBatches
from tests.support.batches import (
    BATCH_KEY,
    BODY,
    NOW,
    Answer,
    Loopback,
    collect,
    input_file,
    intent,
    jsonl,
    request_key,
)

ROLE = "arn:aws:iam::123456789012:role/batch"
ARN = "arn:aws:bedrock:us-east-1:123456789012:model-invocation-job/abcdefghijkl"
INPUT = f"s3://lake/llm/input/{BATCH_KEY}-{NOW:.0f}.jsonl"
OUTPUT = {"outputDataConfig": {"s3OutputDataConfig": {"s3Uri": "s3://lake/llm/output/"}}}
MESSAGE = {"output": {"message": {"content": [{"text": "a\u2028b"}]}}}


@pytest.fixture(scope="module", autouse=True)
def _aws() -> Iterator[None]:
    """Credentials of nobody, found in the environment and nowhere else."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_CONFIG_FILE", "/nonexistent")
        patch.delenv("AWS_DEFAULT_REGION", raising=False)
        yield


@pytest.fixture(scope="module")
def s3() -> Any:
    return boto3.client("s3", region_name="us-east-1")


@pytest.fixture
def lake(s3: Any) -> Iterator[Any]:
    """S3 by moto, with a bucket."""
    with mock_aws():
        s3.create_bucket(Bucket="lake")
        yield s3


def make(**more: Any) -> BedrockBatches:
    return BedrockBatches(
        **{"model_name": "amazon.nova-lite-v1:0", "role_arn": ROLE, "s3_uri": "s3://lake/llm/", "region": "us-east-1", **more}
    )


@pytest.fixture(scope="module")
def provider() -> BedrockBatches:
    """One for all: a client takes its time."""
    return make()


@pytest.fixture
def bedrock(provider: BedrockBatches) -> Iterator[Stubber]:
    with Stubber(provider._bedrock) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def job(status: str = "Submitted", **more: Any) -> dict[str, Any]:
    return {
        "jobArn": ARN,
        "jobName": f"dbt-llm-{BATCH_KEY}-x",
        "modelId": "amazon.nova-lite-v1:0",
        "roleArn": ROLE,
        "status": status,
        "submitTime": datetime.fromtimestamp(NOW, timezone.utc),
        "inputDataConfig": {"s3InputDataConfig": {"s3Uri": INPUT}},
        **OUTPUT,
        **more,
    }


def listed(bedrock: Stubber, *jobs: dict[str, Any], token: str | None = None, **asked: Any) -> None:
    order = {"maxResults": 100, "sortBy": "CreationTime", "sortOrder": "Descending"}
    answer = {"invocationJobSummaries": list(jobs), **({"nextToken": token} if token else {})}
    bedrock.add_response("list_model_invocation_jobs", answer, {**order, **asked})


def create(provider: BedrockBatches, bedrock: Stubber, **more: Any) -> tuple[str, str]:
    """The name and token that a create of this intent sends."""
    sent: dict[str, Any] = {}

    def keep(params: dict[str, Any], **_: Any) -> None:
        sent.update(params)

    provider._bedrock.meta.events.register_first("before-parameter-build.bedrock.CreateModelInvocationJob", keep)
    bedrock.add_response(
        "create_model_invocation_job",
        {"jobArn": ARN},
        {
            "jobName": ANY,
            "clientRequestToken": ANY,
            "roleArn": ROLE,
            "modelId": "amazon.nova-lite-v1:0",
            "modelInvocationType": "Converse",
            "inputDataConfig": {"s3InputDataConfig": {"s3InputFormat": "JSONL", "s3Uri": ANY}},
            "outputDataConfig": {"s3OutputDataConfig": {"s3Uri": "s3://lake/llm/output/"}},
            "timeoutDurationInHours": 24,
        },
    )
    assert provider.create(intent(**more), Path("unused")) == ARN
    provider._bedrock.meta.events.unregister("before-parameter-build.bedrock.CreateModelInvocationJob", keep)
    return sent["jobName"], sent["clientRequestToken"]


def test_the_input_is_put_into_s3(provider: BedrockBatches, lake: Any, tmp_path: Path) -> None:
    file = input_file(provider, tmp_path)
    assert provider.upload(intent(), file) == INPUT
    stored = lake.get_object(Bucket="lake", Key=INPUT.removeprefix("s3://lake/"))
    assert stored["Body"].read() == file.read_bytes()
    lines = [json.loads(line) for line in file.read_bytes().split(b"\n")[:-1]]
    assert lines == [{"recordId": request_key(n), "modelInput": BODY} for n in range(2)]


def test_a_bucket_without_folder_and_a_key_of_ones_own(lake: Any, tmp_path: Path) -> None:
    provider = make(s3_uri="s3://lake", kms_key_id="arn:aws:kms:us-east-1:123456789012:key/1")
    uri = provider.upload(intent(), input_file(provider, tmp_path))
    assert uri == f"s3://lake/input/{BATCH_KEY}-{NOW:.0f}.jsonl"
    stored = lake.head_object(Bucket="lake", Key=uri.removeprefix("s3://lake/"))
    assert (stored["ServerSideEncryption"], stored["SSEKMSKeyId"]) == ("aws:kms", "arn:aws:kms:us-east-1:123456789012:key/1")


def test_a_bucket_that_is_not_there_is_a_refusal(lake: Any, tmp_path: Path) -> None:
    provider = make(s3_uri="s3://nowhere/llm")
    with pytest.raises(BatchRejectedError, match="NoSuchBucket"):
        provider.upload(intent(), input_file(provider, tmp_path))


def test_one_intent_has_one_token_and_another_another(provider: BedrockBatches, bedrock: Stubber) -> None:
    first = create(provider, bedrock, input_id=INPUT)
    assert create(provider, bedrock, input_id=INPUT) == first
    later = create(provider, bedrock, input_id=INPUT.replace(".jsonl", "9.jsonl"))
    assert later[0] != first[0] and later[1] != first[1]
    # botocore's stubs do not check patterns.
    for name, token in (first, later):
        assert name.startswith(f"dbt-llm-{BATCH_KEY}-") and len(name) <= 63
        assert re.fullmatch(r"[a-zA-Z0-9]{1,63}(-*[a-zA-Z0-9\+\-\.]){0,63}", name)
        assert re.fullmatch(r"[a-zA-Z0-9]{1,256}(-*[a-zA-Z0-9]){0,256}", token)


@pytest.mark.parametrize(
    ("code", "status", "outcome"),
    [
        ("ValidationException", 400, "refused"),
        ("AccessDeniedException", 403, "refused"),
        ("ResourceNotFoundException", 404, "refused"),
        ("ExpiredTokenException", 403, "refused"),
        ("ServiceQuotaExceededException", 400, "throttled"),
        ("ThrottlingException", 429, "throttled"),
        ("ConflictException", 400, "unknown"),
        ("RequestTimeoutException", 408, "unknown"),
        ("InternalServerException", 500, "unknown"),
    ],
)
def test_a_failed_create_is_a_refusal_or_tells_nothing(
    provider: BedrockBatches, bedrock: Stubber, code: str, status: int, outcome: str
) -> None:
    bedrock.add_client_error("create_model_invocation_job", code, "no", status)
    with pytest.raises((BatchRejectedError, ClientError)) as caught:
        provider.create(intent(input_id=INPUT), Path("unused"))
    kind = "unknown"
    if isinstance(caught.value, BatchRejectedError):
        kind = "throttled" if caught.value.is_throttled else "refused"
    assert kind == outcome


def test_what_the_client_itself_finds_wrong_is_a_refusal() -> None:
    with pytest.raises(BatchRejectedError, match="roleArn"):
        make(role_arn=7).create(intent(input_id=INPUT), Path("unused"))


@pytest.mark.parametrize("answer", [Answer({"message": "x"}, 500), Answer({"message": "x"}, 503), Answer(drop=True)])
def test_a_create_is_asked_for_once(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a real connection: the stubber answers above the layer that would try again."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "4")
    with Loopback(lambda _: answer) as server, pytest.raises(Exception) as caught:  # noqa: PT011
        make(base_url=server.url).create(intent(input_id=INPUT), Path("unused"))
    assert not isinstance(caught.value, BatchRejectedError)
    assert [asked.path for asked in server.asked] == ["/model-invocation-job"]


def test_a_job_is_found_by_its_name(provider: BedrockBatches, bedrock: Stubber) -> None:
    name, _ = create(provider, bedrock, input_id=INPUT)
    label = {"nameContains": f"dbt-llm-{BATCH_KEY}"}
    late = datetime.fromtimestamp(NOW, timezone.utc) + timedelta(seconds=9)
    other = job(jobArn=ARN[:-1] + "2", submitTime=late)
    mine = job(jobName=name)

    listed(bedrock, other, **label, token="more")
    listed(bedrock, mine, **label, nextToken="more")
    assert provider.find(intent(input_id=INPUT)) == ARN

    listed(bedrock, other, **label)
    assert provider.find(intent(input_id=INPUT)) is Discovery.ABSENT
    listed(bedrock, mine, **label)
    assert provider.find(intent(input_id=INPUT, known_ids=frozenset({ARN}))) is Discovery.ABSENT


def test_without_the_input_the_newest_of_the_batch_key_is_taken(provider: BedrockBatches, bedrock: Stubber) -> None:
    old = job(jobArn=ARN[:-1] + "2", submitTime=datetime.fromtimestamp(NOW - 7200, timezone.utc))
    listed(bedrock, job(), old, nameContains=ANY)
    assert provider.find(intent()) == ARN
    listed(bedrock, old, nameContains=ANY)
    assert provider.find(intent()) is Discovery.ABSENT


def test_a_list_that_fails_is_no_evidence_of_absence(provider: BedrockBatches, bedrock: Stubber) -> None:
    bedrock.add_client_error("list_model_invocation_jobs", "AccessDeniedException", "no", 403)
    with pytest.raises(ClientError):
        provider.find(intent())


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("Submitted", BatchState.QUEUED),
        ("Validating", BatchState.QUEUED),
        ("Scheduled", BatchState.QUEUED),
        ("InProgress", BatchState.RUNNING),
        ("Stopping", BatchState.RUNNING),
        ("Completed", BatchState.COMPLETED),
        ("PartiallyCompleted", BatchState.COMPLETED),
        ("Failed", BatchState.FAILED),
        ("Expired", BatchState.EXPIRED),
        ("Stopped", BatchState.CANCELLED),
        ("BrandNew", BatchState.RUNNING),
    ],
)
def test_states(provider: BedrockBatches, bedrock: Stubber, said: str, state: BatchState) -> None:
    counts = {"totalRecordCount": 5, "processedRecordCount": 4, "successRecordCount": 3, "errorRecordCount": 1}
    bedrock.add_response("get_model_invocation_job", job(said, **counts), {"jobIdentifier": ARN})
    status = provider.status(ARN)
    assert (status.state, status.total, status.succeeded, status.failed) == (state, 5, 3, 1)
    assert status.message == ("the provider says 'BrandNew'" if said == "BrandNew" else None)


def test_why_a_job_failed_and_one_that_is_not_found(provider: BedrockBatches, bedrock: Stubber) -> None:
    bedrock.add_response("get_model_invocation_job", job("Failed", message="too few\nrecords"))
    assert provider.status(ARN).message == "too few records"
    bedrock.add_client_error("get_model_invocation_job", "ResourceNotFoundException", "no", 404)
    with pytest.raises(BatchNotFoundError):
        provider.status(ARN)
    bedrock.add_client_error("get_model_invocation_job", "ThrottlingException", "no", 429)
    with pytest.raises(ClientError):
        provider.status(ARN)


def test_results_of_all_output_files_of_the_job(bedrock: Stubber, provider: BedrockBatches, lake: Any) -> None:
    place = "llm/output/abcdefghijkl"
    error = {"errorCode": 400, "errorMessage": "bad request"}
    first = jsonl(
        {"recordId": "b", "modelInput": BODY, "modelOutput": MESSAGE},
        b"{no json}",
        {"recordId": "a", "modelInput": BODY, "error": error},
        {"recordId": "c", "modelInput": BODY},
        {"recordId": "d", "error": {"errorCode": "ExpiredException", "errorMessage": "late"}},
        {"modelOutput": MESSAGE},
    )
    lake.put_object(Bucket="lake", Key=f"{place}/one.jsonl.out", Body=first)
    lake.put_object(Bucket="lake", Key=f"{place}/two.jsonl.out", Body=jsonl({"recordId": "e", "modelOutput": MESSAGE}))
    lake.put_object(Bucket="lake", Key=f"{place}/manifest.json.out", Body=b'{"totalRecordCount": 2}')
    lake.put_object(Bucket="lake", Key="llm/output/another/one.jsonl.out", Body=first)
    bedrock.add_response("get_model_invocation_job", job("PartiallyCompleted"))
    assert collect(provider, ARN) == [
        BatchResult("b", 200, MESSAGE),
        BatchResult("", ended="error", message="line 2 of the results is no JSON (9 bytes)"),
        BatchResult("a", 400, {"message": "bad request"}),
        BatchResult("c", ended="error", message="a record without an output"),
        BatchResult("d", ended="error", message="ExpiredException: late"),
        BatchResult("", ended="error", message="a line of the results has no recordId"),
        BatchResult("e", 200, MESSAGE),
    ]


def test_results_are_where_the_job_was_told_to_write_them(lake: Any) -> None:
    lake.put_object(
        Bucket="lake", Key="llm/output/abcdefghijkl/one.jsonl.out", Body=jsonl({"recordId": "a", "modelOutput": MESSAGE})
    )
    moved = make(s3_uri="s3://lake/moved/since")
    with Stubber(moved._bedrock) as stubber:
        stubber.add_response("get_model_invocation_job", job("Completed"))
        assert [result.custom_id for result in collect(moved, ARN)] == ["a"]


def test_a_job_without_results(provider: BedrockBatches, bedrock: Stubber, lake: Any) -> None:
    bedrock.add_response("get_model_invocation_job", job("Expired"))
    assert collect(provider, ARN) == []


def test_cancel_and_the_jobs_that_are_open(provider: BedrockBatches, bedrock: Stubber) -> None:
    bedrock.add_response("stop_model_invocation_job", {}, {"jobIdentifier": ARN})
    provider.cancel(ARN)
    other = ARN[:-1] + "2"
    listed(bedrock, job("InProgress"), job("Completed", jobArn=other), token="more")
    listed(bedrock, job("Stopping", jobArn=other), nextToken="more")
    assert [(arn, status.state) for arn, status in provider.open_jobs()] == [
        (ARN, BatchState.RUNNING),
        (other, BatchState.RUNNING),
    ]


def test_no_region(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match="has no region"):
        make(region=None)
