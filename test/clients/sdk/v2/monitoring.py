"""DefaultModelMonitor: a schedule on what a batch transform captured; described, stopped, started, deleted."""

import sagemaker
from sagemaker.model_monitor import BatchTransformInput, CronExpressionGenerator, DefaultModelMonitor
from sagemaker.model_monitor.dataset_format import MonitoringDatasetFormat

from lab import BUCKET, INPUT, OUTPUT, PREFIX, named, role

session = sagemaker.Session(default_bucket=BUCKET, default_bucket_prefix=PREFIX)
monitor = DefaultModelMonitor(
    role=role("processing"), instance_count=1, instance_type="ml.m5.large", max_runtime_in_seconds=600,
    sagemaker_session=session,
)
name = named("monitor")
monitor.create_monitoring_schedule(
    batch_transform_input=BatchTransformInput(
        data_captured_destination_s3_uri=f"{INPUT}/captured",
        destination="/opt/ml/processing/input",
        dataset_format=MonitoringDatasetFormat.csv(header=False),
    ),
    output_s3_uri=f"{OUTPUT}/monitored",
    monitor_schedule_name=name,
    schedule_cron_expression=CronExpressionGenerator.daily(),
    statistics=f"{INPUT}/statistics.json",
    constraints=f"{INPUT}/constraints.json",
)
import time

while monitor.describe_schedule()["MonitoringScheduleStatus"] == "Pending":
    time.sleep(1)
assert monitor.describe_schedule()["MonitoringScheduleStatus"] == "Scheduled", monitor.describe_schedule()
assert monitor.list_executions() == []
monitor.stop_monitoring_schedule()
monitor.start_monitoring_schedule()
monitor.update_monitoring_schedule(schedule_cron_expression=CronExpressionGenerator.hourly())
attached = DefaultModelMonitor.attach(name, session)
assert attached.monitoring_schedule_name == name
monitor.delete_monitoring_schedule()
