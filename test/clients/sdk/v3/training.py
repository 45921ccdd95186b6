"""ModelTrainer with an image of one's own: its own program, a source folder, a VPC with keys, isolation, spot; one denied."""

import tempfile
from pathlib import Path

import boto3
from sagemaker.core.helper.session_helper import Session
from sagemaker.core.resources import TrainingJob
from sagemaker.core.shapes import MetricDefinition, StoppingCondition
from sagemaker.train import ModelTrainer
from sagemaker.train.configs import CheckpointConfig, Compute, InputData, Networking, OutputDataConfig, SourceCode

from lab import BUCKET, GROUP, IMAGE, INPUT, KEY, OUTPUT, PREFIX, SUBNET, explained, logged, refused, role

session = Session(default_bucket=BUCKET, default_bucket_prefix=PREFIX)
train = InputData(channel_name="train", data_source=f"{INPUT}/train")


def trainer(**more):
    settings = {
        "training_image": IMAGE,
        "role": role("training"),
        "compute": Compute(instance_type="ml.m5.large", instance_count=1),
        "output_data_config": OutputDataConfig(s3_output_path=OUTPUT),
        "stopping_condition": StoppingCondition(max_runtime_in_seconds=600),
        "hyperparameters": {"epochs": 3, "rate": 0.25},
        "sagemaker_session": session,
    }
    return ModelTrainer(**{**settings, **more})


plain = trainer().with_metric_definitions([MetricDefinition(name="loss", regex="loss=([0-9.]+);")])
plain.train(input_data_config=[train])
job = plain._latest_training_job
job.refresh()
assert job.training_job_status == "Completed"
assert job.model_artifacts.s3_model_artifacts == f"{OUTPUT}/{job.training_job_name}/output/model.tar.gz"
assert job.final_metric_data_list[0].metric_name == "loss"
assert TrainingJob.get(job.training_job_name).hyper_parameters["epochs"] == "3"
assert job.training_job_name in [one.training_job_name for one in TrainingJob.get_all(name_contains="my-repo")]

# A script of one's own: the SDK uploads it, with drivers that run it; the image has to have bash, Python and pip.
with tempfile.TemporaryDirectory() as folder:
    (Path(folder) / "train.py").write_text(
        "import os\n"
        "rows = len(open(os.environ['SM_CHANNEL_TRAIN'] + '/train.csv').readlines())\n"
        "print('my own script saw', rows, 'rows at rate', os.environ['SM_HP_RATE'], flush=True)\n"
        "open(os.environ['SM_MODEL_DIR'] + '/rows.txt', 'w').write(str(rows))\n"
    )
    scripted = trainer(source_code=SourceCode(source_dir=folder, entry_script="train.py"))
    scripted.train(input_data_config=[train])
    name = scripted._latest_training_job.training_job_name
assert "my own script saw 100 rows at rate 0.25" in logged("/aws/sagemaker/TrainingJobs", name)

# In a VPC, with keys for volume and output, on two instances.
vpc = trainer(
    role=role("training-vpc-keys"),
    compute=Compute(instance_type="ml.m5.large", instance_count=2, volume_kms_key_id=KEY),
    networking=Networking(
        subnets=[SUBNET], security_group_ids=[GROUP], enable_inter_container_traffic_encryption=True
    ),
    output_data_config=OutputDataConfig(s3_output_path=OUTPUT, kms_key_id=KEY),
)
vpc.train(
    input_data_config=[train, InputData(channel_name="sealed", data_source=f"{INPUT}/sealed")], logs=False
)
job = TrainingJob.get(vpc._latest_training_job.training_job_name)
assert job.vpc_config.subnets == [SUBNET] and job.output_data_config.kms_key_id == KEY
key = job.model_artifacts.s3_model_artifacts.removeprefix("s3://outputbucket/")
assert boto3.client("s3").head_object(Bucket="outputbucket", Key=key)["SSEKMSKeyId"] == KEY

# Without a network, on spot capacity with checkpoints.
spot = trainer(
    compute=Compute(instance_type="ml.m5.large", instance_count=1, enable_managed_spot_training=True),
    networking=Networking(enable_network_isolation=True),
    stopping_condition=StoppingCondition(max_runtime_in_seconds=600, max_wait_time_in_seconds=1200),
    checkpoint_config=CheckpointConfig(s3_uri=f"{INPUT}/checkpoints-v3"),
)
spot.train(input_data_config=[train], wait=False)
spot._latest_training_job.wait()
assert session.list_s3_files("inputbucket", "object/checkpoints-v3") == ["object/checkpoints-v3/last.txt"]

# A program that fails, and says why.
refused(
    lambda: trainer().train(
        input_data_config=[InputData(channel_name="train", data_source=f"{INPUT}/empty")], logs=False
    ),
    "FailedStatusError",
    "AlgorithmError: no rows in the channels ['train']",
)

# A role that may not read its input, and one that the caller may not pass.
denied = trainer(role=role("training-denied"))
refused(lambda: denied.train(input_data_config=[train], logs=False), "FailedStatusError", "AccessDenied: Access Denied")
explained(denied._latest_training_job.training_job_arn, "s3:GetObject", "AmazonSageMaker-training-denied")
other = role("not-passed").replace("AmazonSageMaker", "Other")
refused(lambda: trainer(role=other).train(input_data_config=[train]), "AccessDeniedException", "iam:PassRole")
