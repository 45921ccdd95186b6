"""Processor and ScriptProcessor with inputs and outputs, in a VPC with keys, isolated; one denied."""

import tempfile
from pathlib import Path

from sagemaker.core.helper.session_helper import Session
from sagemaker.core.network import NetworkConfig
from sagemaker.core.processing import Processor, ScriptProcessor
from sagemaker.core.resources import ProcessingJob
from sagemaker.core.shapes import ProcessingInput, ProcessingOutput, ProcessingS3Input, ProcessingS3Output

from lab import BUCKET, GROUP, IMAGE, INPUT, KEY, OUTPUT, PREFIX, SUBNET, explained, named, refused, role

session = Session(default_bucket=BUCKET, default_bucket_prefix=PREFIX)


def processor(kind=Processor, **more):
    settings = {
        "image_uri": IMAGE,
        "role": role("processing"),
        "instance_count": 1,
        "instance_type": "ml.m5.large",
        "sagemaker_session": session,
    }
    return kind(**{**settings, **more})


def run(one, name=None, **more):
    one.run(
        inputs=[
            ProcessingInput(
                input_name="rows",
                s3_input=ProcessingS3Input(
                    s3_uri=f"{INPUT}/train",
                    local_path="/opt/ml/processing/input",
                    s3_data_type="S3Prefix",
                    s3_input_mode="File",
                ),
            )
        ],
        outputs=[
            ProcessingOutput(
                output_name="copies",
                s3_output=ProcessingS3Output(
                    s3_uri=f"{OUTPUT}/processed-v3",
                    local_path="/opt/ml/processing/output",
                    s3_upload_mode="EndOfJob",
                ),
            )
        ],
        job_name=name or named("processing"),
        **more,
    )
    return one.latest_job


plain = processor(env={"STAGE": "test"}, max_runtime_in_seconds=600)
job = run(plain, arguments=["--rate", "1"])
job.refresh()
assert job.processing_job_status == "Completed"
assert session.list_s3_files("outputbucket", "path/processed-v3") == ["path/processed-v3/copy-of-train.csv"]

with tempfile.TemporaryDirectory() as folder:
    script = Path(folder) / "count.py"
    script.write_text(
        "rows = len(open('/opt/ml/processing/input/train.csv').readlines())\n"
        "open('/opt/ml/processing/output/rows.txt', 'w').write(str(rows))\n"
    )
    run(processor(ScriptProcessor, command=["python3"]), code=str(script), arguments=["fast"])
assert session.read_s3_file("outputbucket", "path/processed-v3/rows.txt") == "100"

network = NetworkConfig(subnets=[SUBNET], security_group_ids=[GROUP], encrypt_inter_container_traffic=True)
vpc = processor(role=role("processing-vpc-keys"), volume_kms_key=KEY, output_kms_key=KEY, network_config=network)
job = ProcessingJob.get(run(vpc, logs=False).processing_job_name)
assert job.network_config.vpc_config.security_group_ids == [GROUP]
isolated = processor(network_config=NetworkConfig(enable_network_isolation=True))
assert ProcessingJob.get(run(isolated, logs=False).processing_job_name).network_config.enable_network_isolation

name = named("denied")
denied = processor(role=role("processing-denied"))
job = run(denied, name, wait=False, logs=False)
refused(job.wait, "FailedStatusError", "AccessDenied")
explained(job.processing_job_arn, "s3:PutObject", "AmazonSageMaker-processing-denied")

sleeping = processor(entrypoint=["sleep", "600"])
job = run(sleeping, wait=False, logs=False)
job.stop()
job.wait()
assert job.processing_job_status == "Stopped"
assert job.processing_job_name in [one.processing_job_name for one in ProcessingJob.get_all(status_equals="Stopped")]
