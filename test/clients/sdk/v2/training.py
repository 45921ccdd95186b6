"""The documented estimator with an image of one's own: logs, hyperparameters, metrics; a VPC with keys; isolation; spot."""

import boto3
import sagemaker
from sagemaker.analytics import TrainingJobAnalytics
from sagemaker.estimator import Estimator
from sagemaker.inputs import TrainingInput

from lab import BUCKET, GROUP, IMAGE, INPUT, KEY, OUTPUT, PREFIX, SUBNET, explained, printed, refused, role

session = sagemaker.Session(default_bucket=BUCKET, default_bucket_prefix=PREFIX)


def estimator(**more):
    settings = {
        "image_uri": IMAGE,
        "role": role("training"),
        "instance_count": 1,
        "instance_type": "ml.m5.large",
        "output_path": OUTPUT,
        "max_run": 600,
        "hyperparameters": {"epochs": 3, "rate": 0.25},
        "metric_definitions": [{"Name": "loss", "Regex": "loss=([0-9.]+);"}],
        "sagemaker_session": session,
    }
    return Estimator(**{**settings, **more})


# As the documentation has it.
plain = estimator(tags=[{"Key": "team", "Value": "iris"}])
with printed() as output:
    plain.fit({"train": TrainingInput(f"{INPUT}/train", content_type="text/csv")})
assert "epoch=2 loss=" in output.getvalue(), "the program's lines were not streamed"
described = plain.latest_training_job.describe()
assert described["TrainingJobStatus"] == "Completed"
assert described["HyperParameters"]["epochs"] == "3"
assert plain.model_data == f"{OUTPUT}/{plain.latest_training_job.name}/output/model.tar.gz", plain.model_data
assert described["FinalMetricDataList"][0]["MetricName"] == "loss", described
rows = TrainingJobAnalytics(plain.latest_training_job.name, ["loss"], sagemaker_session=session).dataframe()
assert list(rows["metric_name"]) and set(rows["metric_name"]) == {"loss"}, rows
found = session.download_data("model", "outputbucket", f"path/{plain.latest_training_job.name}/output/model.tar.gz")
assert found, "the model is not where the SDK looks for it"

# Attached by name, with its logs once more.
attached = Estimator.attach(plain.latest_training_job.name, sagemaker_session=session)
assert attached.model_data == plain.model_data
with printed() as output:
    session.logs_for_job(plain.latest_training_job.name, wait=False)
assert "epoch=2 loss=" in output.getvalue()

# In a VPC, with keys for volume and output, and encryption between its instances.
vpc = estimator(
    role=role("training-vpc-keys"),
    instance_count=2,
    subnets=[SUBNET],
    security_group_ids=[GROUP],
    volume_kms_key=KEY,
    output_kms_key=KEY,
    encrypt_inter_container_traffic=True,
)
vpc.fit({"train": f"{INPUT}/train", "sealed": f"{INPUT}/sealed"}, logs=False)
described = vpc.latest_training_job.describe()
assert described["VpcConfig"]["Subnets"] == [SUBNET]
assert described["OutputDataConfig"]["KmsKeyId"] == KEY
key = vpc.model_data.removeprefix("s3://outputbucket/")
assert boto3.client("s3").head_object(Bucket="outputbucket", Key=key)["SSEKMSKeyId"] == KEY

# Without a network, on spot capacity with checkpoints.
spot = estimator(
    enable_network_isolation=True,
    use_spot_instances=True,
    max_wait=1200,
    checkpoint_s3_uri=f"{INPUT}/checkpoints",
)
spot.fit({"train": f"{INPUT}/train"}, wait=False)
spot.latest_training_job.wait(logs=False)
described = spot.latest_training_job.describe()
assert described["EnableNetworkIsolation"] and described["EnableManagedSpotTraining"]
assert session.list_s3_files("inputbucket", "object/checkpoints") == ["object/checkpoints/last.txt"]

# A program that fails, and says why.
failing = estimator()
refused(
    lambda: failing.fit({"train": f"{INPUT}/empty"}),
    "UnexpectedStatusException",
    "AlgorithmError: no rows in the channels ['train']",
)

# A role that may not read its input.
denied = estimator(role=role("training-denied"))
refused(
    lambda: denied.fit({"train": f"{INPUT}/train"}, logs=False),
    "UnexpectedStatusException",
    f"ClientError: Data download failed:Unable to download object {INPUT}/train/train.csv (AccessDenied: Access Denied)",
)
explained(denied.latest_training_job.describe()["TrainingJobArn"], "s3:GetObject", "AmazonSageMaker-training-denied")

# A role that the caller may not pass, and one that does not exist.
refused(
    lambda: estimator(role=role("not-passed").replace("AmazonSageMaker", "Other")).fit({"train": f"{INPUT}/train"}),
    "AccessDeniedException",
    "iam:PassRole",
)

# Stopped.
stopped = estimator(hyperparameters={"epochs": 10_000_000})
stopped.fit({"train": f"{INPUT}/train"}, wait=False)
session.stop_training_job(stopped.latest_training_job.name)
stopped.latest_training_job.wait(logs=False)
assert stopped.latest_training_job.describe()["TrainingJobStatus"] == "Stopped"
