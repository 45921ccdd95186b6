"""AutoML and AutoMLV2: fit with logs, candidates, the best one; a model of it; one denied."""

import sagemaker
from sagemaker import AutoML, AutoMLInput
from sagemaker.automl.automlv2 import AutoMLDataChannel, AutoMLTabularConfig, AutoMLV2

from lab import BUCKET, INPUT, OUTPUT, PREFIX, explained, named, refused, role

session = sagemaker.Session(default_bucket=BUCKET, default_bucket_prefix=PREFIX)


def automl(name="automl", **more):
    return AutoML(
        role=role(name),
        target_attribute_name="y",
        problem_type="Regression",
        job_objective={"MetricName": "MSE"},
        output_path=f"{OUTPUT}/automl",
        max_candidates=2,
        mode="HYPERPARAMETER_TUNING",
        sagemaker_session=session,
        **more,
    )


one = automl(tags=[{"Key": "team", "Value": "iris"}])
one.fit(inputs=f"{INPUT}/table/table.csv", job_name=named("automl")[:32])
candidates = one.list_candidates()
assert len(candidates) == 2, candidates
best = one.best_candidate()
assert best["CandidateName"] in [candidate["CandidateName"] for candidate in candidates]
assert best["FinalAutoMLJobObjectiveMetric"]["MetricName"] == "validation:mse" or best, best
model = one.create_model(named("automl-model"), sagemaker_session=session)
assert model is not None

# With channels, and its second version.
channels = [
    AutoMLInput(inputs=f"{INPUT}/table/table.csv", target_attribute_name="y", channel_type="training"),
]
two = automl()
two.fit(inputs=channels, job_name=named("channels")[:32], wait=False)
three = AutoMLV2(
    problem_config=AutoMLTabularConfig(
        target_attribute_name="y", problem_type="Regression", max_candidates=1, mode="HYPERPARAMETER_TUNING"
    ),
    role=role("automl"),
    job_objective={"MetricName": "MSE"},
    output_path=f"{OUTPUT}/automl",
    base_job_name="second",
    sagemaker_session=session,
)
three.fit(
    inputs=[AutoMLDataChannel(s3_data_type="S3Prefix", s3_uri=f"{INPUT}/table/table.csv", channel_type="training")],
    job_name=named("second")[:32],
)
assert three.describe_auto_ml_job()["AutoMLJobStatus"] == "Completed"
assert len(three.list_candidates()) == 1 and three.best_candidate()
attached = AutoML.attach(two.current_job_name, session)
assert attached.target_attribute_name == "y"

# A role that may not read the table.
denied = automl("automl-denied")
refused(lambda: denied.fit(inputs=f"{INPUT}/table/table.csv", job_name=named("denied")[:32]), "s3:", "denied")
explained(denied.describe_auto_ml_job()["AutoMLJobArn"], "AmazonSageMaker-automl-denied")
