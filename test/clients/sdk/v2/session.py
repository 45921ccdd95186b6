"""The session by itself, inside the VPC and without a setting: AWS at its own names, the bucket that it makes for itself."""

import tempfile
from pathlib import Path

import sagemaker
from sagemaker import image_uris

session = sagemaker.Session()
bucket = session.default_bucket()
assert bucket == f"sagemaker-us-east-1-{session.account_id()}", bucket
assert sagemaker.Session().default_bucket() == bucket
with tempfile.TemporaryDirectory() as folder:
    (Path(folder) / "train.csv").write_text("1,2\n")
    uri = session.upload_data(folder, key_prefix="data")
    assert uri == f"s3://{bucket}/data", uri
    assert session.list_s3_files(bucket, "data") == ["data/train.csv"]
    assert session.read_s3_file(bucket, "data/train.csv") == "1,2\n"
    found = session.download_data(folder, bucket, "data/train.csv")
    assert len(found) == 1, found
assert image_uris.retrieve("xgboost", "us-east-1", version="1.7-1").startswith("683313688378.dkr.ecr.us-east-1")
