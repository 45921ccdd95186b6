"""Model, and its transformer: batch transform with an image of one's own, with keys, in the model's VPC; one denied."""

import sagemaker
from sagemaker.model import Model
from sagemaker.transformer import Transformer

from lab import BUCKET, GROUP, IMAGE, INPUT, KEY, OUTPUT, PREFIX, SUBNET, explained, named, printed, refused, role

session = sagemaker.Session(default_bucket=BUCKET, default_bucket_prefix=PREFIX)


def model(name="model", **more):
    return Model(
        image_uri=IMAGE,
        model_data=f"{INPUT}/model.tar.gz",
        role=role(name),
        name=named("model"),
        sagemaker_session=session,
        **more,
    )


def transformer(one, **more):
    return one.transformer(
        instance_count=1,
        instance_type="ml.m5.large",
        output_path=f"{OUTPUT}/transformed",
        assemble_with="Line",
        accept="text/csv",
        strategy="MultiRecord",
        **more,
    )


plain = transformer(model())
with printed() as output:
    plain.transform(f"{INPUT}/train", content_type="text/csv", split_type="Line")
assert session.describe_transform_job(plain.latest_transform_job.name)["TransformJobStatus"] == "Completed"
lines = session.read_s3_file("outputbucket", "path/transformed/train.csv.out").splitlines()
assert len(lines) == 100 and lines[1] == "3.0", lines[:3]
attached = Transformer.attach(plain.latest_transform_job.name, session)
assert attached.output_path == f"{OUTPUT}/transformed"
refused(
    lambda: plain.transform(f"{INPUT}/train", content_type="text/csv", split_type="Line", join_source="Input"),
    "NotImplemented",
    "JoinSource",
)
plain.delete_model()

vpc = transformer(
    model("model-vpc", vpc_config={"Subnets": [SUBNET], "SecurityGroupIds": [GROUP]}),
    volume_kms_key=KEY,
    output_kms_key=KEY,
    env={"STAGE": "test"},
    tags=[{"Key": "team", "Value": "iris"}],
)
vpc.transform(f"{INPUT}/train", content_type="text/csv", split_type="Line", wait=False)
vpc.wait(logs=False)

isolated = transformer(model(enable_network_isolation=True))
isolated.transform(f"{INPUT}/train", content_type="text/csv", split_type="Line", logs=False)

# A role that may not read the model, and one that may not write what came of it.
refused(lambda: transformer(model("model-denied")), "Could not access model data", "AmazonSageMaker-model-denied")
denied = transformer(model("output-denied"))
refused(
    lambda: denied.transform(f"{INPUT}/train", content_type="text/csv", split_type="Line", logs=False),
    "UnexpectedStatusException",
    "AccessDenied",
)
arn = session.describe_transform_job(denied.latest_transform_job.name)["TransformJobArn"]
explained(arn, "s3:PutObject", "AmazonSageMaker-output-denied")
