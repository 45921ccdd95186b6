"""What is not built answers 501, and the SDK's exception says so: endpoints, packages, pipelines."""

from sagemaker.core.helper.session_helper import Session
from sagemaker.core.resources import Endpoint, EndpointConfig, Model, ModelPackageGroup
from sagemaker.core.shapes import ContainerDefinition, ProductionVariant
from sagemaker.mlops.workflow.pipeline import Pipeline

from lab import BUCKET, IMAGE, INPUT, PREFIX, named, refused, role

model = Model.create(
    model_name=named("model"),
    execution_role_arn=role("model"),
    primary_container=ContainerDefinition(image=IMAGE, model_data_url=f"{INPUT}/model.tar.gz"),
)
variant = ProductionVariant(
    variant_name="all", model_name=model.model_name, instance_type="ml.m5.large", initial_instance_count=1
)
config = EndpointConfig.create(endpoint_config_name=named("config"), production_variants=[variant])
refused(
    lambda: Endpoint.create(endpoint_name=named("endpoint"), endpoint_config_name=config.endpoint_config_name),
    "NotImplemented",
    "CreateEndpoint",
)
refused(lambda: ModelPackageGroup.create(model_package_group_name=named("group")), "NotImplemented", "ModelPackage")
session = Session(default_bucket=BUCKET, default_bucket_prefix=PREFIX)
pipeline = Pipeline(name=named("pipeline"), steps=[], sagemaker_session=session)
refused(lambda: pipeline.create(role("training")), "NotImplemented", "CreatePipeline")
