"""One call by boto3, with nothing set but patience: `boto3-call.py SERVICE METHOD JSON [ENDPOINT]`; tells how it ended, as JSON."""

import json
import os
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError

service, method, given = sys.argv[1:4]
config = Config(connect_timeout=int(os.environ["PATIENCE"]), read_timeout=30, retries={"total_max_attempts": 1})
client = boto3.client(service, config=config, endpoint_url=(sys.argv[4:] or [None])[0])
try:
    meta = getattr(client, method)(**json.loads(given))["ResponseMetadata"]
    told = {"seen": "answer", "requestId": meta["RequestId"]}
except ConnectTimeoutError:
    told = {"seen": "timeout"}
except EndpointConnectionError:
    told = {"seen": "could not connect"}
except ClientError as error:
    meta = error.response["ResponseMetadata"]
    told = {
        "seen": {"error": error.response["Error"]["Code"], "says": error.response["Error"]["Message"]},
        "status": meta["HTTPStatusCode"],
        "requestId": meta.get("RequestId"),
    }
print(json.dumps(told))
