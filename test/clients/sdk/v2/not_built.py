"""What is not built answers 501, and the SDK says so in its own exception: endpoints, packages, pipelines, experiments."""

import sagemaker
from sagemaker.experiments import Run
from sagemaker.model import Model
from sagemaker.workflow.pipeline import Pipeline

from lab import BUCKET, IMAGE, INPUT, OUTPUT, PREFIX, named, refused, role

session = sagemaker.Session(default_bucket=BUCKET, default_bucket_prefix=PREFIX)


def model():
    return Model(
        image_uri=IMAGE, model_data=f"{INPUT}/model.tar.gz", role=role("model"), name=named("model"),
        sagemaker_session=session,
    )


refused(lambda: model().deploy(1, "ml.m5.large", endpoint_name=named("endpoint")), "NotImplemented", "CreateEndpoint")
refused(
    lambda: model().register(
        content_types=["text/csv"], response_types=["text/csv"], model_package_group_name=named("group")
    ),
    "NotImplemented",
    "ModelPackage",
)
pipeline = Pipeline(name=named("pipeline"), steps=[], sagemaker_session=session)
refused(lambda: pipeline.create(role("training")), "NotImplemented", "CreatePipeline")
refused(lambda: Run(experiment_name=named("experiment"), sagemaker_session=session).__enter__(), "NotImplemented")
