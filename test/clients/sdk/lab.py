"""What a program of this folder finds on its server (scripts/sdk.ts), and how it looks at what happened."""

import contextlib
import io
import json
import os
import subprocess
import sys
import time

import boto3
import botocore.client

ACCOUNT = os.environ["ACCOUNT"]
REGION = os.environ["AWS_REGION"]
IMAGE = os.environ["IMAGE"]
INPUT = "s3://inputbucket/object"
OUTPUT = "s3://outputbucket/path"
BUCKET = "inputbucket"
PREFIX = "object"
SUBNET = os.environ["SUBNET"]
GROUP = os.environ["GROUP"]
KEY = os.environ["KEY"]


def role(name):
    """An execution role with a set of policies of the role page: `training`, `training-vpc-keys`, `training-denied`, …"""
    return f"arn:aws:iam::{ACCOUNT}:role/AmazonSageMaker-{name}"


def named(kind):
    return f"sdk-{kind}-{os.environ['SDK']}-{int(time.time() * 1000)}"


@contextlib.contextmanager
def printed():
    """What the SDK prints meanwhile; it is shown all the same."""
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        yield text
    print(text.getvalue())


def logged(group, job):
    """All that the containers of a job have printed."""
    logs = boto3.client("logs")
    streams = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=f"{job}/")["logStreams"]
    pages = [logs.get_log_events(logGroupName=group, logStreamName=one["logStreamName"]) for one in streams]
    return "\n".join(event["message"] for page in pages for event in page["events"])


def refused(call, *words):
    """The text of the SDK's exception, which says all of this."""
    try:
        call()
    except Exception as error:  # Which one the SDK takes is its business.
        text = f"{type(error).__name__}: {error}"
        print("refused:", text)
        for word in words:
            assert word in text, f"{word!r} is not in: {text}"
        return text
    raise AssertionError("not refused")


def explained(arn, *words):
    """What `./sallyport explain` says of a job names these."""
    result = subprocess.run([os.environ["SALLYPORT"], "explain", arn], capture_output=True, text=True)
    print(result.stdout, result.stderr, file=sys.stderr)
    for word in words:
        assert word in result.stdout, f"{word!r} is not in what explain says: {result.stdout}{result.stderr}"


def record(path):
    """Keeps what is created, as the SDK asks for it: what requests.json was made of."""
    original = botocore.client.BaseClient._make_api_call

    def call(client, operation, params):
        answer = original(client, operation, params)
        if operation.startswith("Create") and client.meta.service_model.service_name == "sagemaker":
            with open(path, "a") as file:
                file.write(json.dumps({"sdk": os.environ["SDK"], "operation": operation, "input": params}) + "\n")
        return answer

    botocore.client.BaseClient._make_api_call = call


if "RECORD" in os.environ:
    record(os.environ["RECORD"])
