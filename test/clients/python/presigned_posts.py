"""Prints forms that boto3 signs for browsers: JSON, by the names in the arguments given as JSON on stdin."""
import json
import sys

import boto3
from botocore.config import Config

s3 = boto3.client("s3", config=Config(signature_version="s3v4"))
print(
    json.dumps(
        {
            name: s3.generate_presigned_post(**arguments)
            for name, arguments in json.load(sys.stdin).items()
        }
    )
)
