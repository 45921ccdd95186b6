"""A Model resource and the Transformer: plain, with keys in the model's VPC, isolated; one denied."""

from sagemaker.core.helper.session_helper import Session
from sagemaker.core.resources import Model, TransformJob
from sagemaker.core.shapes import ContainerDefinition, VpcConfig
from sagemaker.core.transformer import Transformer

from lab import BUCKET, GROUP, IMAGE, INPUT, KEY, OUTPUT, PREFIX, SUBNET, explained, named, refused, role

session = Session(default_bucket=BUCKET, default_bucket_prefix=PREFIX)


def model(name="model", **more):
    return Model.create(
        model_name=named("model"),
        execution_role_arn=role(name),
        primary_container=ContainerDefinition(image=IMAGE, model_data_url=f"{INPUT}/model.tar.gz"),
        **more,
    )


def transformer(one, **more):
    return Transformer(
        model_name=one.model_name,
        instance_count=1,
        instance_type="ml.m5.large",
        output_path=f"{OUTPUT}/transformed-v3",
        assemble_with="Line",
        accept="text/csv",
        strategy="MultiRecord",
        sagemaker_session=session,
        **more,
    )


made = model()
plain = transformer(made)
plain.transform(f"{INPUT}/train", content_type="text/csv", split_type="Line")
job = TransformJob.get(plain.latest_transform_job.transform_job_name)
assert job.transform_job_status == "Completed"
lines = session.read_s3_file("outputbucket", "path/transformed-v3/train.csv.out").split()
assert len(lines) == 100 and lines[1] == "3.0", lines[:3]
plain.delete_model()

network = VpcConfig(subnets=[SUBNET], security_group_ids=[GROUP])
vpc = transformer(model("model-vpc", vpc_config=network), volume_kms_key=KEY, output_kms_key=KEY)
vpc.transform(f"{INPUT}/train", content_type="text/csv", split_type="Line", logs=False)
isolated = transformer(model(enable_network_isolation=True))
isolated.transform(f"{INPUT}/train", content_type="text/csv", split_type="Line", logs=False)

# A role that may not read the model, and one that may not write what came of it.
refused(lambda: model("model-denied"), "Could not access model data", "AmazonSageMaker-model-denied")
denied = transformer(model("output-denied"))
denied.transform(f"{INPUT}/train", content_type="text/csv", split_type="Line", wait=False)
refused(denied.latest_transform_job.wait, "FailedStatusError", "AccessDenied")
explained(denied.latest_transform_job.transform_job_arn, "s3:PutObject", "AmazonSageMaker-output-denied")
