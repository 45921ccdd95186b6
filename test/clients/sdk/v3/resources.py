"""Resource classes of sagemaker-core: create, wait, get, get_all, stop, delete, for the jobs that have no class above them."""

from sagemaker.core.resources import AutoMLJobV2, CompilationJob, TrainingJob
from sagemaker.core.shapes import (
    AlgorithmSpecification,
    AutoMLJobChannel,
    AutoMLJobCompletionCriteria,
    AutoMLJobObjective,
    AutoMLOutputDataConfig,
    AutoMLProblemTypeConfig,
    AutoMLS3DataSource,
    AutoMLDataSource,
    Channel,
    DataSource,
    InputConfig,
    OutputConfig,
    OutputDataConfig,
    ResourceConfig,
    S3DataSource,
    StoppingCondition,
    TabularJobConfig,
)

from lab import IMAGE, INPUT, OUTPUT, explained, named, refused, role


def training(name, as_role="training", epochs=2):
    source = S3DataSource(s3_data_type="S3Prefix", s3_uri=f"{INPUT}/train", s3_data_distribution_type="FullyReplicated")
    return TrainingJob.create(
        training_job_name=name,
        role_arn=role(as_role),
        algorithm_specification=AlgorithmSpecification(training_image=IMAGE, training_input_mode="File"),
        input_data_config=[Channel(channel_name="train", data_source=DataSource(s3_data_source=source))],
        output_data_config=OutputDataConfig(s3_output_path=OUTPUT),
        resource_config=ResourceConfig(instance_type="ml.m5.large", instance_count=1, volume_size_in_gb=1),
        stopping_condition=StoppingCondition(max_runtime_in_seconds=600),
        hyper_parameters={"epochs": str(epochs)},
    )


name = named("core")
job = training(name)
job.wait(poll=1)
assert TrainingJob.get(name).training_job_status == "Completed"
assert name in [one.training_job_name for one in TrainingJob.get_all(name_contains="sdk-core", sort_order="Descending")]
refused(lambda: training(name), "ResourceInUse", name)
refused(lambda: TrainingJob.get("nobody-knows-it"), "ValidationException", "Requested resource not found.")
running = training(named("core-stopped"), epochs=10_000_000)
running.stop()
running.wait(poll=1)
assert running.training_job_status == "Stopped"
running.delete()
denied = training(named("core-denied"), "training-denied")
refused(lambda: denied.wait(poll=1), "FailedStatusError", "AccessDenied: Access Denied")
explained(denied.training_job_arn, "s3:GetObject", "AmazonSageMaker-training-denied")


def compilation(name, as_role="compilation"):
    return CompilationJob.create(
        compilation_job_name=name,
        role_arn=role(as_role),
        input_config=InputConfig(
            s3_uri=f"{INPUT}/onnx.tar.gz", data_input_config='{"data": [1, 1, 8, 8]}', framework="ONNX"
        ),
        output_config=OutputConfig(s3_output_location=f"{OUTPUT}/compiled-v3", target_device="ml_c5"),
        stopping_condition=StoppingCondition(max_runtime_in_seconds=900),
    )


compiled = compilation(named("compiled"))
compiled.wait(poll=1)
assert compiled.model_artifacts.s3_model_artifacts.startswith(f"{OUTPUT}/compiled-v3/")
denied = compilation(named("compiled-denied"), "compilation-denied")
refused(lambda: denied.wait(poll=1), "FailedStatusError", "AccessDenied")
explained(denied.compilation_job_arn, "s3:GetObject", "AmazonSageMaker-compilation-denied")


def automl(name, as_role="automl"):
    source = AutoMLDataSource(s3_data_source=AutoMLS3DataSource(s3_data_type="S3Prefix", s3_uri=f"{INPUT}/table/table.csv"))
    return AutoMLJobV2.create(
        auto_ml_job_name=name[:32],
        role_arn=role(as_role),
        auto_ml_job_input_data_config=[AutoMLJobChannel(channel_type="training", data_source=source)],
        output_data_config=AutoMLOutputDataConfig(s3_output_path=f"{OUTPUT}/automl-v3"),
        auto_ml_problem_type_config=AutoMLProblemTypeConfig(
            tabular_job_config=TabularJobConfig(
                target_attribute_name="y",
                problem_type="Regression",
                mode="HYPERPARAMETER_TUNING",
                completion_criteria=AutoMLJobCompletionCriteria(max_candidates=1),
            )
        ),
        auto_ml_job_objective=AutoMLJobObjective(metric_name="MSE"),
    )


learned = automl(named("automl"))
learned.wait(poll=1)
assert learned.auto_ml_job_status == "Completed" and learned.best_candidate.candidate_name
denied = automl(named("denied"), "automl-denied")
refused(lambda: denied.wait(poll=1), "FailedStatusError", "AccessDenied")
explained(denied.auto_ml_job_arn, "AmazonSageMaker-automl-denied")
