"""HyperparameterTuner: random and grid search, early stopping, warm start, analytics, the best estimator; one denied."""

import sagemaker
from sagemaker.estimator import Estimator
from sagemaker.tuner import (
    CategoricalParameter,
    ContinuousParameter,
    HyperparameterTuner,
    IntegerParameter,
    WarmStartConfig,
    WarmStartTypes,
)

from lab import BUCKET, GROUP, IMAGE, INPUT, OUTPUT, PREFIX, SUBNET, explained, named, refused, role

session = sagemaker.Session(default_bucket=BUCKET, default_bucket_prefix=PREFIX)


def estimator(name="tuning", **more):
    return Estimator(
        image_uri=IMAGE,
        role=role(name),
        instance_count=1,
        instance_type="ml.m5.large",
        output_path=OUTPUT,
        max_run=600,
        sagemaker_session=session,
        **more,
    )


def tuner(one, ranges, **more):
    settings = {
        "objective_metric_name": "loss",
        "metric_definitions": [{"Name": "loss", "Regex": "loss=([0-9.]+);"}],
        "objective_type": "Minimize",
        "max_jobs": 3,
        "max_parallel_jobs": 3,
    }
    return HyperparameterTuner(one, hyperparameter_ranges=ranges, **{**settings, **more})


searched = tuner(
    estimator(), {"rate": ContinuousParameter(0.01, 0.9), "epochs": IntegerParameter(1, 3)}, strategy="Bayesian"
)
searched.fit({"train": f"{INPUT}/train"}, job_name=named("tuning"))
assert searched.describe()["HyperParameterTuningJobStatus"] == "Completed"
rows = searched.analytics().dataframe()
assert len(rows) == 3 and set(rows["TrainingJobStatus"]) == {"Completed"}, rows
best = rows.sort_values("FinalObjectiveValue").iloc[0]["TrainingJobName"]
assert searched.best_training_job() == best
assert searched.best_estimator().model_data == f"{OUTPUT}/{best}/output/model.tar.gz"

# A grid, in a VPC.
grid = tuner(
    estimator("tuning-vpc-keys", subnets=[SUBNET], security_group_ids=[GROUP]),
    {"rate": CategoricalParameter(["0.1", "0.3"])},
    strategy="Grid",
    max_jobs=2,
    max_parallel_jobs=2,
    early_stopping_type="Auto",
)
grid.fit({"train": f"{INPUT}/train"}, job_name=named("tuning"), wait=False)
grid.wait()
assert len(grid.analytics().dataframe()) == 2

# From what another has found.
warm = tuner(
    estimator(),
    {"rate": ContinuousParameter(0.01, 0.9), "epochs": IntegerParameter(1, 3)},
    max_jobs=1,
    max_parallel_jobs=1,
    warm_start_config=WarmStartConfig(WarmStartTypes.IDENTICAL_DATA_AND_ALGORITHM, {searched.latest_tuning_job.name}),
)
warm.fit({"train": f"{INPUT}/train"}, job_name=named("tuning"))
assert warm.describe()["WarmStartConfig"]["WarmStartType"] == "IdenticalDataAndAlgorithm"

# A role that may not read the input of its training jobs.
denied = tuner(estimator("tuning-denied"), {"rate": ContinuousParameter(0.01, 0.9)}, max_jobs=1, max_parallel_jobs=1)
refused(lambda: denied.fit({"train": f"{INPUT}/train"}, job_name=named("tuning")), "UnexpectedStatusException", "Failed")
failed = session.sagemaker_client.list_training_jobs_for_hyper_parameter_tuning_job(
    HyperParameterTuningJobName=denied.latest_tuning_job.name
)["TrainingJobSummaries"][0]
assert "AccessDenied" in session.describe_training_job(failed["TrainingJobName"])["FailureReason"]
explained(failed["TrainingJobArn"], "s3:GetObject", "AmazonSageMaker-tuning-denied")
explained(denied.describe()["HyperParameterTuningJobArn"], failed["TrainingJobName"])
