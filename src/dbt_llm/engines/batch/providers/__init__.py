"""A module for each provider's Batch API, spoken to through the provider's own client.

`make` chooses by an endpoint's `provider`. The keys of an endpoint's `batch` entry that it reads (those of limits, prices
and structured output are read elsewhere):

    key            providers                          expected
    provider       all                                openai (the default), azure, anthropic, gemini, bedrock, mistral
    model_name     all                                the provider's id; azure: the deployment; bedrock: a model or profile
    api_key_env    all but bedrock                    needed; openai: only without a base_url of one's own
    base_url       all                                azure: needed, `https://<resource>.openai.azure.com/openai/v1`;
                                                      openai: ends where `/batches` begins; bedrock: the control plane
    api            openai, azure                      chat (the default) or responses: the form of the requests
    role_arn       bedrock                            needed: the service role that reads and writes below s3_uri
    s3_uri         bedrock                            needed: `s3://bucket/prefix`
    region         bedrock                            default: that of the AWS configuration
    kms_key_id     bedrock                            default: none, S3's own encryption
    timeout_hours  bedrock (24 to 168), mistral (1 to 168)   default: 24
"""

from .registry import PROVIDERS, make

__all__ = ["PROVIDERS", "make"]
