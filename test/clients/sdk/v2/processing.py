"""Processor and ScriptProcessor with inputs and outputs, in a VPC, isolated, with keys; and one that is denied."""

import tempfile
from pathlib import Path

import sagemaker
from sagemaker.network import NetworkConfig
from sagemaker.processing import ProcessingInput, ProcessingJob, ProcessingOutput, Processor, ScriptProcessor

from lab import BUCKET, GROUP, IMAGE, INPUT, KEY, OUTPUT, PREFIX, SUBNET, explained, named, printed, refused, role

session = sagemaker.Session(default_bucket=BUCKET, default_bucket_prefix=PREFIX)


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
        inputs=[ProcessingInput(source=f"{INPUT}/train", destination="/opt/ml/processing/input")],
        outputs=[
            ProcessingOutput(
                source="/opt/ml/processing/output", destination=f"{OUTPUT}/processed", output_name="copies"
            )
        ],
        job_name=name or named("processing"),
        **more,
    )
    return one.jobs[-1]


plain = processor(env={"STAGE": "test"}, tags=[{"Key": "team", "Value": "iris"}], max_runtime_in_seconds=600)
with printed() as output:
    job = run(plain, arguments=["--rate", "1"])
assert "processing with ['--rate', '1'] test" in output.getvalue()
assert job.describe()["ProcessingJobStatus"] == "Completed"
assert session.list_s3_files("outputbucket", "path/processed") == ["path/processed/copy-of-train.csv"]
again = ProcessingJob.from_processing_name(session, job.job_name)
assert again.outputs[0].destination == f"{OUTPUT}/processed"

# A script of one's own: the SDK uploads it, and its default output lies in the default bucket.
with tempfile.TemporaryDirectory() as folder:
    script = Path(folder) / "count.py"
    script.write_text(
        "import sys\n"
        "rows = len(open('/opt/ml/processing/input/train.csv').readlines())\n"
        "print('counted', rows, sys.argv[1:], flush=True)\n"
        "open('/opt/ml/processing/output/rows.txt', 'w').write(str(rows))\n"
    )
    scripted = processor(ScriptProcessor, command=["python3"])
    with printed() as output:
        run(scripted, code=str(script), arguments=["fast"])
assert "counted 100 ['fast']" in output.getvalue()
assert session.read_s3_file("outputbucket", "path/processed/rows.txt") == "100"

# In a VPC, with keys, and encryption between instances.
vpc = processor(
    role=role("processing-vpc-keys"),
    volume_kms_key=KEY,
    output_kms_key=KEY,
    network_config=NetworkConfig(
        subnets=[SUBNET], security_group_ids=[GROUP], encrypt_inter_container_traffic=True, enable_network_isolation=False
    ),
)
described = run(vpc, logs=False).describe()
assert described["NetworkConfig"]["VpcConfig"]["SecurityGroupIds"] == [GROUP]
isolated = processor(network_config=NetworkConfig(enable_network_isolation=True))
assert run(isolated, logs=False).describe()["NetworkConfig"]["EnableNetworkIsolation"] is True

# A role that may not write its output.
denied = processor(role=role("processing-denied"))
name = named("denied")
refused(lambda: run(denied, name, logs=False), "UnexpectedStatusException", "AccessDenied")
arn = session.describe_processing_job(name)["ProcessingJobArn"]
explained(arn, "s3:PutObject", "AmazonSageMaker-processing-denied")

# Stopped.
sleeping = processor(entrypoint=["sleep", "600"])
job = run(sleeping, wait=False, logs=False)
job.stop()
session.wait_for_processing_job(job.job_name)
assert job.describe()["ProcessingJobStatus"] == "Stopped"
