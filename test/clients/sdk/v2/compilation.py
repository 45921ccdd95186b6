"""Model.compile and the session's compile_model (SageMaker Neo): a model goes in, and an artifact for the target comes out."""

import sagemaker
from sagemaker.model import Model

from lab import BUCKET, IMAGE, INPUT, OUTPUT, PREFIX, explained, named, refused, role

session = sagemaker.Session(default_bucket=BUCKET, default_bucket_prefix=PREFIX)


def model(data, name="compilation"):
    return Model(image_uri=IMAGE, model_data=data, role=role(name), sagemaker_session=session)


compiled = model(f"{INPUT}/onnx.tar.gz")
compiled.compile(
    target_instance_family="ml_c5",
    input_shape={"data": [1, 1, 8, 8]},
    output_path=f"{OUTPUT}/compiled",
    role=role("compilation"),
    job_name=named("compiled"),
    framework="onnx",
    framework_version="1.7",
    tags=[{"Key": "team", "Value": "iris"}],
)
assert compiled.model_data.startswith(f"{OUTPUT}/compiled/"), compiled.model_data

# A role that may not read the model.
name = named("denied")
refused(
    lambda: model(f"{INPUT}/onnx.tar.gz", "compilation-denied").compile(
        target_instance_family="ml_c5",
        input_shape={"data": [1, 1, 8, 8]},
        output_path=f"{OUTPUT}/compiled",
        role=role("compilation-denied"),
        job_name=name,
        framework="onnx",
        framework_version="1.7",
    ),
    "UnexpectedStatusException",
)
arn = session.sagemaker_client.describe_compilation_job(CompilationJobName=name)["CompilationJobArn"]
explained(arn, "s3:GetObject", "AmazonSageMaker-compilation-denied")
