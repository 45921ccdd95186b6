"""Two AWS calls in plain Python, signed (Signature Version 4) with the credentials that a container is given."""

import hashlib
import hmac
import json
import os
import re
from datetime import datetime, timezone
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen


def credentials_request():
    """Where a container's credentials are, as AWS's SDKs look for them."""
    path = os.environ.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
    if path:
        return Request("http://169.254.170.2" + path)
    token = os.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN", "")
    return Request(os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"], headers={"Authorization": token})


class AwsCalls:
    def __init__(self):
        self.region = os.environ["AWS_REGION"]
        self.keys = json.load(urlopen(credentials_request(), timeout=5))

    def caller_arn(self):
        answer = self.send("sts", "POST", "/", b"Action=GetCallerIdentity&Version=2011-06-15")
        return re.search("<Arn>(.*)</Arn>", answer.decode()).group(1)

    def get_object(self, bucket, key):
        return len(self.send("s3", "GET", f"/{bucket}/{quote(key)}", b""))

    def send(self, service, method, path, body, more=None):
        endpoint = os.environ.get("AWS_ENDPOINT_URL", f"https://{service}.{self.region}.amazonaws.com")
        time = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "host": urlsplit(endpoint).netloc,
            "x-amz-content-sha256": hashlib.sha256(body).hexdigest(),
            "x-amz-date": time,
            "x-amz-security-token": self.keys["Token"],
            **(more or {}),
        }
        names = ";".join(sorted(headers))
        lines = [f"{name}:{headers[name]}" for name in sorted(headers)]
        canonical = "\n".join([method, path, "", *lines, "", names, headers["x-amz-content-sha256"]])
        scope = f"{time[:8]}/{self.region}/{service}/aws4_request"
        text = "\n".join(["AWS4-HMAC-SHA256", time, scope, hashlib.sha256(canonical.encode()).hexdigest()])
        key = f"AWS4{self.keys['SecretAccessKey']}".encode()
        for part in [*scope.split("/"), text]:
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self.keys['AccessKeyId']}/{scope}, "
            f"SignedHeaders={names}, Signature={key.hex()}"
        )
        data = body if method == "POST" else None
        return urlopen(Request(endpoint + path, data, headers, method=method), timeout=3).read()
