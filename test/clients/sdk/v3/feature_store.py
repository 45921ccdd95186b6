"""FeatureGroup of sagemaker-core: created, a data frame ingested, records put, read and deleted."""

import time

import pandas
from sagemaker.core.shapes import FeatureValue, OnlineStoreConfig
from sagemaker.mlops.feature_store import FeatureGroup, ingest_dataframe, load_feature_definitions_from_dataframe

from lab import named, role

now = float(int(time.time()))
rows = pandas.DataFrame({"flower": [1, 2, 3], "petal": [0.5, 1.5, 2.5], "seen": [now] * 3})
group = FeatureGroup.create(
    feature_group_name=named("flowers"),
    record_identifier_feature_name="flower",
    event_time_feature_name="seen",
    feature_definitions=load_feature_definitions_from_dataframe(rows),
    online_store_config=OnlineStoreConfig(enable_online_store=True),
    role_arn=role("feature-store"),
)
group.wait_for_status("Created", poll=1)
ingest_dataframe(group.feature_group_name, rows, max_workers=2, wait=True)


def petal(identifier):
    record = group.get_record(record_identifier_value_as_string=identifier).record
    return {one.feature_name: one.value_as_string for one in record}["petal"]


assert petal("2") == "1.5"
values = {"flower": "4", "petal": "9", "seen": str(now)}
group.put_record(record=[FeatureValue(feature_name=name, value_as_string=text) for name, text in values.items()])
assert petal("4") == "9"
group.delete_record(record_identifier_value_as_string="4", event_time=str(now + 1))
assert group.feature_group_name in [one.feature_group_name for one in FeatureGroup.get_all(name_contains="sdk-flowers")]
group.delete()
