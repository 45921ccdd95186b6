"""A Studio of its own, as an administrator sets it up with boto3: domain, user, space, app, image; and taken down again."""

import time

import boto3

iam, ec2, sagemaker = (boto3.client(name) for name in ("iam", "ec2", "sagemaker"))


def settled(describe, member="Status", **names):
    while True:
        told = describe(**names)
        if told[member] not in ("Pending", "Updating", "Deleting", "CREATING", "UPDATING"):
            return told
        time.sleep(0.02)


def gone(describe, **names):
    while True:
        try:
            describe(**names)
        except sagemaker.exceptions.ResourceNotFound:
            return
        time.sleep(0.02)


trust = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"sagemaker.amazonaws.com"},"Action":"sts:AssumeRole"}}'
role = iam.create_role(RoleName="studio", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
subnets = [one["SubnetId"] for one in ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]]

made = sagemaker.create_domain(
    DomainName="research",
    AuthMode="IAM",
    VpcId=vpc,
    SubnetIds=subnets,
    DefaultUserSettings={"ExecutionRole": role},
    Tags=[{"Key": "team", "Value": "ml"}],
)
domain = made["DomainId"]
told = settled(sagemaker.describe_domain, DomainId=domain)
assert told["Status"] == "InService" and told["Url"] == made["Url"] == f"https://{domain}.studio.us-east-1.sagemaker.aws"
assert told["CreationTime"] <= told["LastModifiedTime"]
assert told["DefaultUserSettings"] == {"ExecutionRole": role}
assert [one["DomainId"] for page in sagemaker.get_paginator("list_domains").paginate() for one in page["Domains"]] == [domain]
assert sagemaker.list_tags(ResourceArn=told["DomainArn"])["Tags"] == [{"Key": "team", "Value": "ml"}]

sagemaker.create_user_profile(DomainId=domain, UserProfileName="alice")
settled(sagemaker.describe_user_profile, DomainId=domain, UserProfileName="alice")
sagemaker.create_space(
    DomainId=domain,
    SpaceName="notes",
    OwnershipSettings={"OwnerUserProfileName": "alice"},
    SpaceSharingSettings={"SharingType": "Private"},
    SpaceSettings={"AppType": "JupyterLab", "SpaceStorageSettings": {"EbsStorageSettings": {"EbsVolumeSizeInGb": 5}}},
)
settled(sagemaker.describe_space, DomainId=domain, SpaceName="notes")
listed = sagemaker.list_spaces(DomainIdEquals=domain)["Spaces"]
assert listed[0]["SpaceSettingsSummary"]["AppType"] == "JupyterLab"
assert listed[0]["OwnershipSettingsSummary"] == {"OwnerUserProfileName": "alice"}
app = {"DomainId": domain, "SpaceName": "notes", "AppType": "JupyterLab", "AppName": "default"}
sagemaker.create_app(**app)
assert settled(sagemaker.describe_app, **app)["Status"] == "InService"

try:
    sagemaker.delete_domain(DomainId=domain, RetentionPolicy={"HomeEfsFileSystem": "Delete"})
    raise SystemExit("a domain with users was deleted")
except sagemaker.exceptions.ResourceInUse:
    pass

sagemaker.create_image(ImageName="kernel", RoleArn=role, DisplayName="Kernel")
assert settled(sagemaker.describe_image, "ImageStatus", ImageName="kernel")["ImageStatus"] == "CREATED"
base = "123456789012.dkr.ecr.us-east-1.amazonaws.com/kernels:1"
sagemaker.create_image_version(ImageName="kernel", BaseImage=base)  # boto3 makes the client token up
version = settled(sagemaker.describe_image_version, "ImageVersionStatus", ImageName="kernel")
assert version["ImageVersionStatus"] == "CREATE_FAILED" and "BatchGetImage" in version["FailureReason"], version
waiter = sagemaker.get_waiter("image_deleted")
sagemaker.delete_image(ImageName="kernel")
waiter.wait(ImageName="kernel", WaiterConfig={"Delay": 1, "MaxAttempts": 5})

sagemaker.delete_app(**app)
assert settled(sagemaker.describe_app, **app)["Status"] == "Deleted"
sagemaker.delete_space(DomainId=domain, SpaceName="notes")
gone(sagemaker.describe_space, DomainId=domain, SpaceName="notes")
sagemaker.delete_user_profile(DomainId=domain, UserProfileName="alice")
gone(sagemaker.describe_user_profile, DomainId=domain, UserProfileName="alice")
sagemaker.delete_domain(DomainId=domain, RetentionPolicy={"HomeEfsFileSystem": "Delete"})
gone(sagemaker.describe_domain, DomainId=domain)
print("done")
