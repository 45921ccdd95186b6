"""The session by itself, inside the VPC and without a setting: AWS at its own names, the bucket that it makes for itself."""

import tempfile
from pathlib import Path

from sagemaker.core import image_uris
from sagemaker.core.helper.session_helper import Session
from sagemaker.core.resources import TrainingJob

session = Session()
bucket = session.default_bucket()
assert bucket == f"sagemaker-us-east-1-{session.account_id()}", bucket
assert Session().default_bucket() == bucket
with tempfile.TemporaryDirectory() as folder:
    (Path(folder) / "train.csv").write_text("1,2\n")
    uri = session.upload_data(folder, key_prefix="data-v3")
    assert uri == f"s3://{bucket}/data-v3", uri
    assert session.list_s3_files(bucket, "data-v3") == ["data-v3/train.csv"]
    assert session.read_s3_file(bucket, "data-v3/train.csv") == "1,2\n"
assert image_uris.retrieve("xgboost", "us-east-1", version="1.7-1").startswith("683313688378.dkr.ecr.us-east-1")
assert list(TrainingJob.get_all(name_contains="nobody-knows-it")) == []
