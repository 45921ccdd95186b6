"""boto3, driven by lines of JSON: each line on stdin is one thing to do, each on stdout its answer.

Answers are {"result": ...}, {"error": {"code", "message", "requestId"}} for what AWS refuses, or {"fault": text}.
"""

import json
import sys

import boto3
from botocore import xform_name
from botocore.exceptions import ClientError

clients = {}


def client(service):
    if service not in clients:
        clients[service] = boto3.client(service)
    return clients[service]


def call(service, operation, input):
    answer = getattr(client(service), xform_name(operation))(**input)
    answer.pop("ResponseMetadata", None)
    return answer


def upload(path, bucket, key):
    client("s3").upload_file(path, bucket, key)


def download(path, bucket, key):
    client("s3").download_file(bucket, key, path)


def wait(name):
    waiter = client("sagemaker").get_waiter("training_job_completed_or_stopped")
    waiter.wait(TrainingJobName=name, WaiterConfig={"Delay": 0.2, "MaxAttempts": 600})


def presign(bucket, key):
    return client("s3").generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key})


def answer(question):
    do = {"call": call, "upload": upload, "download": download, "wait": wait, "presign": presign}
    try:
        return {"result": do[question.pop("do")](**question)}
    except ClientError as error:
        response = error.response
        return {
            "error": {
                "code": response["Error"]["Code"],
                "message": response["Error"].get("Message", ""),
                "requestId": response["ResponseMetadata"].get("RequestId", ""),
            }
        }
    except Exception as error:
        return {"fault": f"{type(error).__name__}: {error}"}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line)), default=str), flush=True)
