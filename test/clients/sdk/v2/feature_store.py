"""FeatureGroup: created from a data frame, ingested, a record put and read, found in the offline store."""

import time

import pandas
import sagemaker
from sagemaker.feature_store.feature_definition import FractionalFeatureDefinition
from sagemaker.feature_store.feature_group import FeatureGroup
from sagemaker.feature_store.inputs import FeatureValue

from lab import BUCKET, PREFIX, named, refused, role

session = sagemaker.Session(default_bucket=BUCKET, default_bucket_prefix=PREFIX)
now = float(int(time.time()))
rows = pandas.DataFrame({"flower": [1, 2, 3], "petal": [0.5, 1.5, 2.5], "seen": [now] * 3})

# A table in AWS Glue, which is the default, is not built.
refused(
    lambda: FeatureGroup(
        name=named("tabled"),
        sagemaker_session=session,
        feature_definitions=[FractionalFeatureDefinition("flower"), FractionalFeatureDefinition("seen")],
    ).create("s3://sagemaker-features", "flower", "seen", role("feature-store")),
    "NotImplemented",
    "DisableGlueTableCreation",
)
# An offline store by itself is there, with its permissions; records go to online stores only.
definitions = [FractionalFeatureDefinition("flower"), FractionalFeatureDefinition("seen")]
both = FeatureGroup(name=named("both"), sagemaker_session=session, feature_definitions=definitions)
made = {"role_arn": role("feature-store"), "enable_online_store": True, "disable_glue_table_creation": True}
both.create("s3://sagemaker-features", "flower", "seen", **made)
while both.describe()["FeatureGroupStatus"] == "Creating":
    time.sleep(1)
assert both.describe()["FeatureGroupStatus"] == "Created", both.describe()
values = [FeatureValue("flower", "1"), FeatureValue("seen", str(now))]
refused(lambda: both.put_record(values), "NotImplemented", "TargetStores")

group = FeatureGroup(name=named("flowers"), sagemaker_session=session)
group.load_feature_definitions(data_frame=rows)
group.create(
    s3_uri=False,
    record_identifier_name="flower",
    event_time_feature_name="seen",
    role_arn=role("feature-store"),
    enable_online_store=True,
    tags=[{"Key": "team", "Value": "iris"}],
)
while group.describe()["FeatureGroupStatus"] == "Creating":
    time.sleep(1)
assert group.describe()["FeatureGroupStatus"] == "Created", group.describe()
group.ingest(data_frame=rows, max_workers=2, wait=True)
record = group.get_record("2")
assert {"FeatureName": "petal", "ValueAsString": "1.5"} in record, record
group.put_record([FeatureValue("flower", "4"), FeatureValue("petal", "9"), FeatureValue("seen", str(now))])
assert group.get_record("4", ["petal"]) == [{"FeatureName": "petal", "ValueAsString": "9"}]
group.delete_record("4", str(now + 1))
assert group.get_record("4") is None or not group.get_record("4")
group.update_feature_metadata("petal", description="its length")
assert group.describe_feature_metadata("petal")["Description"] == "its length"
found = session.sagemaker_client.list_feature_groups(NameContains=group.name)["FeatureGroupSummaries"]
assert [one["FeatureGroupName"] for one in found] == [group.name]
group.delete()
