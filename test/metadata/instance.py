"""An instance by boto3, from launch to termination, and what a program on it finds. Prints one JSON object.

argv: how the program asks for metadata is set by the parent: the service's address, once the instance is known.
"""

import json
import sys

import boto3
from botocore.exceptions import ClientError

ec2, iam = boto3.client("ec2"), boto3.client("iam")
trust = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
told = {}

role = iam.create_role(RoleName="cluster", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
iam.attach_role_policy(RoleName="cluster", PolicyArn="arn:aws:iam::aws:policy/AmazonSageMakerFullAccess")
iam.create_instance_profile(InstanceProfileName="cluster")
iam.add_role_to_instance_profile(InstanceProfileName="cluster", RoleName="cluster")
iam.get_waiter("instance_profile_exists").wait(InstanceProfileName="cluster")

vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
images = ec2.describe_images(
    Owners=["amazon"],
    Filters=[{"Name": "name", "Values": ["al2023-ami-*"]}, {"Name": "architecture", "Values": ["x86_64"]}],
)["Images"]
launch = dict(
    ImageId=images[0]["ImageId"],
    InstanceType="t3.micro",
    MinCount=1,
    MaxCount=1,
    SubnetId=subnet,
    IamInstanceProfile={"Name": "cluster"},
    TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "driver"}]}],
)
try:
    ec2.run_instances(DryRun=True, **launch)
except ClientError as error:
    told["dry"] = error.response["Error"]["Code"]
instance = ec2.run_instances(**launch)["Instances"][0]
told["first"] = instance["State"]["Name"]
ec2.get_waiter("instance_running").wait(InstanceIds=[instance["InstanceId"]])
ec2.get_waiter("instance_status_ok").wait(InstanceIds=[instance["InstanceId"]])
described = ec2.describe_instances(Filters=[{"Name": "tag:Name", "Values": ["driver"]}])["Reservations"][0]["Instances"][0]
told["instance"] = described["InstanceId"]
told["interface"] = described["NetworkInterfaces"][0]["NetworkInterfaceId"]
told["profile"] = described["IamInstanceProfile"]["Arn"]
told["tokens"] = described["MetadataOptions"]["HttpTokens"]
associations = ec2.describe_iam_instance_profile_associations(
    Filters=[{"Name": "instance-id", "Values": [told["instance"]]}]
)["IamInstanceProfileAssociations"]
told["association"] = associations[0]["State"]
print(json.dumps(told), flush=True)

# The parent answers with the address of the metadata service as this instance's interface sees it.
url = sys.stdin.readline().strip()
from botocore.utils import InstanceMetadataFetcher  # noqa: E402

fetched = InstanceMetadataFetcher(timeout=5, num_attempts=1, base_url=url + "/").retrieve_iam_role_credentials()
there = boto3.Session(
    aws_access_key_id=fetched["access_key"],
    aws_secret_access_key=fetched["secret_key"],
    aws_session_token=fetched["token"],
)
found = {"role": fetched["role_name"], "caller": there.client("sts").get_caller_identity()["Arn"]}
try:
    there.client("iam").list_users()
except ClientError as error:
    found["denied"] = error.response["Error"]["Code"]
found["jobs"] = there.client("sagemaker").list_training_jobs()["TrainingJobSummaries"]
ec2.stop_instances(InstanceIds=[told["instance"]])
ec2.get_waiter("instance_stopped").wait(InstanceIds=[told["instance"]])
ec2.terminate_instances(InstanceIds=[told["instance"]])
ec2.get_waiter("instance_terminated").wait(InstanceIds=[told["instance"]])
found["left"] = ec2.describe_network_interfaces()["NetworkInterfaces"]
print(json.dumps(found), flush=True)
