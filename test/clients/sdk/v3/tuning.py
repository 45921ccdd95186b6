"""HyperparameterTuner of ModelTrainers: Bayesian search, a grid in a VPC, the best job; one denied."""

from sagemaker.core.helper.session_helper import Session
from sagemaker.core.parameter import CategoricalParameter, ContinuousParameter, IntegerParameter
from sagemaker.core.resources import HyperParameterTuningJob, TrainingJob
from sagemaker.core.shapes import StoppingCondition
from sagemaker.train import ModelTrainer
from sagemaker.train.configs import Compute, InputData, Networking, OutputDataConfig
from sagemaker.train.tuner import HyperparameterTuner

from lab import BUCKET, GROUP, IMAGE, INPUT, OUTPUT, PREFIX, SUBNET, explained, named, refused, role

session = Session(default_bucket=BUCKET, default_bucket_prefix=PREFIX)
train = [InputData(channel_name="train", data_source=f"{INPUT}/train")]


def trainer(name="tuning", **more):
    return ModelTrainer(
        training_image=IMAGE,
        role=role(name),
        compute=Compute(instance_type="ml.m5.large", instance_count=1),
        output_data_config=OutputDataConfig(s3_output_path=OUTPUT),
        stopping_condition=StoppingCondition(max_runtime_in_seconds=600),
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


searched = tuner(trainer(), {"rate": ContinuousParameter(0.01, 0.9), "epochs": IntegerParameter(1, 3)})
searched.tune(inputs=train, job_name=named("tuning"))
job = HyperParameterTuningJob.get(searched.latest_tuning_job.hyper_parameter_tuning_job_name)
assert job.hyper_parameter_tuning_job_status == "Completed"
jobs = list(job.get_all_training_jobs())
assert len(jobs) == 3 and all(one.training_job_status == "Completed" for one in jobs)
assert searched.best_training_job() in [one.training_job_name for one in jobs]
assert len(searched.analytics().dataframe()) == 3

grid = tuner(
    trainer("tuning-vpc-keys", networking=Networking(subnets=[SUBNET], security_group_ids=[GROUP])),
    {"rate": CategoricalParameter(["0.1", "0.3"])},
    strategy="Grid",
    max_jobs=2,
    max_parallel_jobs=2,
)
grid.tune(inputs=train, job_name=named("tuning"), wait=False)
grid.wait()
assert grid.describe().training_job_status_counters.completed == 2

denied = tuner(trainer("tuning-denied"), {"rate": ContinuousParameter(0.01, 0.9)}, max_jobs=1, max_parallel_jobs=1)
refused(lambda: denied.tune(inputs=train, job_name=named("tuning")), "FailedStatusError", "Failed")
failed = TrainingJob.get(next(iter(denied.latest_tuning_job.get_all_training_jobs())).training_job_name)
assert "AccessDenied" in failed.failure_reason
explained(failed.training_job_arn, "s3:GetObject", "AmazonSageMaker-tuning-denied")
