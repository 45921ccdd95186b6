"""The SDK's own check of execution roles (SimulatePrincipalPolicy), and the role that it makes."""

import boto3
from sagemaker.core.helper.iam_role_resolver import IamRoleResolver
from sagemaker.core.helper.session_helper import Session

from lab import refused, role

keys = boto3.client("sts").assume_role(RoleArn=role("anything"), RoleSessionName="roles")["Credentials"]
boto_session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
resolver = IamRoleResolver(Session(boto_session, default_bucket="inputbucket"))
assert resolver.resolve_and_validate_role(role("anything"), role_type="training") == role("anything")
refused(lambda: resolver.resolve_and_validate_role(role("processing-denied"), role_type="training"), "RoleValidationError", "ec2:CreateNetworkInterface")
refused(lambda: resolver.resolve_and_validate_role("nobody", role_type="training"), "nobody")
# Who may not simulate is warned, and may go on.
assert IamRoleResolver().resolve_and_validate_role(role("training"), role_type="training") == role("training")
# A role for endpoints, which it makes and finds good. (Of the one for training it attaches more policies than the
# ten that a role may have by default.)
made = resolver.create_execution_role("serving", s3_resource="inputbucket", role_name="made")
assert resolver.resolve_and_validate_role(made, role_type="serving") == made
