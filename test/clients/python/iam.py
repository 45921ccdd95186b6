"""What boto3 does with each noun of IAM: make it, read it, list it by paginator, change it, tag it, delete it.

Called as `iam.py NOUN`, with certificates and keys as JSON in the environment variable FIXTURES. Exits with 0 when all is
as AWS's own documents have it.
"""

import base64
import hmac
import json
import os
import struct
import sys
import time

import boto3
from botocore.exceptions import ClientError

iam = boto3.client("iam")
fixtures = json.loads(os.environ["FIXTURES"])
account = boto3.client("sts").get_caller_identity()["Account"]

TAGS = [{"Key": "team", "Value": "iris"}, {"Key": "stage", "Value": "test"}]


def pages(operation, result, **arguments):
    """Everything that a paginator finds, one item a page."""
    found = []
    for page in iam.get_paginator(operation).paginate(PaginationConfig={"PageSize": 1}, **arguments):
        assert len(page[result]) <= 1, page
        found += page[result]
    return found


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        # The client knows it by its modelled exception, too.
        return str(error)
    raise AssertionError(f"not refused with {code}")


def tagging(noun, **name):
    """TagX, ListXTags (paginated), UntagX."""
    getattr(iam, f"tag_{noun}")(Tags=TAGS, **name)
    tags = pages(f"list_{noun}_tags", "Tags", **name)
    assert sorted(tag["Key"] for tag in tags) == ["stage", "team"], tags
    getattr(iam, f"untag_{noun}")(TagKeys=["team"], **name)
    assert pages(f"list_{noun}_tags", "Tags", **name) == [{"Key": "stage", "Value": "test"}]


def user(name="ann"):
    return iam.create_user(UserName=name)["User"]


def groups():
    for name in ("red", "blue"):
        iam.create_group(GroupName=name, Path="/colors/")
    user()
    iam.add_user_to_group(GroupName="red", UserName="ann")
    names = [group["GroupName"] for group in pages("list_groups", "Groups", PathPrefix="/colors/")]
    assert names == ["blue", "red"], names
    iam.update_group(GroupName="red", NewGroupName="crimson", NewPath="/")
    group = iam.get_group(GroupName="crimson")
    assert group["Group"]["Arn"] == f"arn:aws:iam::{account}:group/crimson"
    assert [one["UserName"] for one in group["Users"]] == ["ann"]
    assert [one["GroupName"] for one in pages("list_groups_for_user", "Groups", UserName="ann")] == ["crimson"]
    refused("DeleteConflict", iam.delete_group, GroupName="crimson")
    iam.remove_user_from_group(GroupName="crimson", UserName="ann")
    for name in ("crimson", "blue"):
        iam.delete_group(GroupName=name)


def login_profile():
    user()
    made = iam.create_login_profile(UserName="ann", Password="First-password-1", PasswordResetRequired=True)
    assert made["LoginProfile"]["PasswordResetRequired"] is True
    refused("EntityAlreadyExists", iam.create_login_profile, UserName="ann", Password="First-password-1")
    refused("PasswordPolicyViolation", iam.update_login_profile, UserName="ann", Password="weak")
    iam.update_login_profile(UserName="ann", Password="Second-password-2", PasswordResetRequired=False)
    iam.update_account_password_policy(MinimumPasswordLength=12, AllowUsersToChangePassword=True)
    assert iam.get_account_password_policy()["PasswordPolicy"]["MinimumPasswordLength"] == 12
    key = iam.create_access_key(UserName="ann")["AccessKey"]
    ann = boto3.client(
        "iam", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"]
    )
    ann.change_password(OldPassword="Second-password-2", NewPassword="Third-password-3")
    refused("AccessDenied", ann.change_password, OldPassword="Second-password-2", NewPassword="Fourth-password-4")
    iam.get_waiter("user_exists").wait(UserName="ann", WaiterConfig={"Delay": 1, "MaxAttempts": 1})
    iam.delete_account_password_policy()
    refused("NoSuchEntity", iam.get_account_password_policy)
    iam.delete_login_profile(UserName="ann")
    refused("NoSuchEntity", iam.get_login_profile, UserName="ann")


def code(seed, at):
    """RFC 6238, by hand."""
    digest = hmac.new(base64.b32decode(seed), struct.pack(">Q", int(at) // 30), "sha1").digest()
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def mfa_device():
    user()
    for name in ("phone", "tablet"):
        made = iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]
    assert made["QRCodePNG"].startswith(b"\x89PNG")
    seed, serial = made["Base32StringSeed"], made["SerialNumber"]
    now = time.time()
    refused(
        "InvalidAuthenticationCode",
        iam.enable_mfa_device,
        UserName="ann",
        SerialNumber=serial,
        AuthenticationCode1=code(seed, now),
        AuthenticationCode2=code(seed, now),
    )
    codes = {"AuthenticationCode1": code(seed, now - 30), "AuthenticationCode2": code(seed, now)}
    iam.enable_mfa_device(UserName="ann", SerialNumber=serial, **codes)
    assert [device["SerialNumber"] for device in pages("list_mfa_devices", "MFADevices", UserName="ann")] == [serial]
    assert iam.get_mfa_device(SerialNumber=serial)["UserName"] == "ann"
    assert len(pages("list_virtual_mfa_devices", "VirtualMFADevices")) == 2
    free = pages("list_virtual_mfa_devices", "VirtualMFADevices", AssignmentStatus="Unassigned")
    assert [device["SerialNumber"] for device in free] == [serial.replace("tablet", "phone")]
    tagging("mfa_device", SerialNumber=serial)
    refused("DeleteConflict", iam.delete_user, UserName="ann")
    iam.deactivate_mfa_device(UserName="ann", SerialNumber=serial)
    iam.delete_virtual_mfa_device(SerialNumber=serial)
    refused("NoSuchEntity", iam.delete_virtual_mfa_device, SerialNumber=serial)


def open_id_connect_provider():
    made = iam.create_open_id_connect_provider(
        Url="https://idp.example.com:8443/realm", ClientIDList=["app"], ThumbprintList=["a" * 40], Tags=TAGS
    )
    name = {"OpenIDConnectProviderArn": made["OpenIDConnectProviderArn"]}
    iam.add_client_id_to_open_id_connect_provider(ClientID="other", **name)
    iam.remove_client_id_from_open_id_connect_provider(ClientID="app", **name)
    iam.update_open_id_connect_provider_thumbprint(ThumbprintList=["b" * 40], **name)
    got = iam.get_open_id_connect_provider(**name)
    assert (got["Url"], got["ClientIDList"], got["ThumbprintList"]) == (
        "idp.example.com:8443/realm",
        ["other"],
        ["b" * 40],
    )
    assert iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] == [
        {"Arn": made["OpenIDConnectProviderArn"]}
    ]
    tagging("open_id_connect_provider", **name)
    iam.delete_open_id_connect_provider(**name)
    refused("NoSuchEntity", iam.get_open_id_connect_provider, **name)


def saml_provider():
    made = iam.create_saml_provider(Name="corp", SAMLMetadataDocument=fixtures["metadata"])
    name = {"SAMLProviderArn": made["SAMLProviderArn"]}
    got = iam.get_saml_provider(**name)
    assert got["SAMLMetadataDocument"] == fixtures["metadata"]
    iam.update_saml_provider(SAMLMetadataDocument=fixtures["metadata"].replace("/sso", "/sso2"), **name)
    [listed] = iam.list_saml_providers()["SAMLProviderList"]
    assert listed["ValidUntil"] == got["ValidUntil"] and listed["Arn"] == name["SAMLProviderArn"]
    tagging("saml_provider", **name)
    refused("InvalidInput", iam.create_saml_provider, Name="bad", SAMLMetadataDocument="x" * 1000)
    iam.delete_saml_provider(**name)


def server_certificate():
    for name in ("site", "shop"):
        iam.upload_server_certificate(
            ServerCertificateName=name,
            CertificateBody=fixtures["leaf"],
            PrivateKey=fixtures["leafKey"],
            CertificateChain=fixtures["authority"],
        )
    listed = pages("list_server_certificates", "ServerCertificateMetadataList")
    assert [one["ServerCertificateName"] for one in listed] == ["shop", "site"]
    iam.update_server_certificate(ServerCertificateName="site", NewServerCertificateName="home", NewPath="/web/")
    got = iam.get_server_certificate(ServerCertificateName="home")["ServerCertificate"]
    assert got["ServerCertificateMetadata"]["Path"] == "/web/"
    assert got["CertificateBody"] == fixtures["leaf"]
    tagging("server_certificate", ServerCertificateName="home")
    for name in ("home", "shop"):
        iam.delete_server_certificate(ServerCertificateName=name)


def signing_certificate():
    user()
    for body in (fixtures["leaf"], fixtures["other"]):
        made = iam.upload_signing_certificate(UserName="ann", CertificateBody=body)["Certificate"]
    iam.update_signing_certificate(UserName="ann", CertificateId=made["CertificateId"], Status="Inactive")
    listed = pages("list_signing_certificates", "Certificates", UserName="ann")
    assert sorted(one["Status"] for one in listed) == ["Active", "Inactive"]
    for one in listed:
        iam.delete_signing_certificate(UserName="ann", CertificateId=one["CertificateId"])
    refused("MalformedCertificate", iam.upload_signing_certificate, UserName="ann", CertificateBody="none")


def ssh_public_key():
    user()
    made = iam.upload_ssh_public_key(UserName="ann", SSHPublicKeyBody=fixtures["sshKey"])["SSHPublicKey"]
    name = {"UserName": "ann", "SSHPublicKeyId": made["SSHPublicKeyId"]}
    pem = iam.get_ssh_public_key(Encoding="PEM", **name)["SSHPublicKey"]
    assert pem["SSHPublicKeyBody"] == fixtures["sshKeyPem"]
    iam.update_ssh_public_key(Status="Inactive", **name)
    [listed] = pages("list_ssh_public_keys", "SSHPublicKeys", UserName="ann")
    assert listed["Status"] == "Inactive"
    iam.delete_ssh_public_key(**name)
    refused("NoSuchEntity", iam.get_ssh_public_key, Encoding="SSH", **name)


def service_specific_credential():
    user()
    for service in ("codecommit.amazonaws.com", "cassandra.amazonaws.com"):
        made = iam.create_service_specific_credential(UserName="ann", ServiceName=service)
    name = {
        "UserName": "ann",
        "ServiceSpecificCredentialId": made["ServiceSpecificCredential"]["ServiceSpecificCredentialId"],
    }
    reset = iam.reset_service_specific_credential(**name)["ServiceSpecificCredential"]
    assert reset["ServicePassword"] != made["ServiceSpecificCredential"]["ServicePassword"]
    iam.update_service_specific_credential(Status="Inactive", **name)
    listed = iam.list_service_specific_credentials(UserName="ann", MaxItems=1)
    rest = iam.list_service_specific_credentials(UserName="ann", Marker=listed["Marker"])
    both = listed["ServiceSpecificCredentials"] + rest["ServiceSpecificCredentials"]
    assert sorted(one["Status"] for one in both) == ["Active", "Inactive"]
    iam.delete_service_specific_credential(**name)
    refused("NotSupportedService", iam.create_service_specific_credential, UserName="ann", ServiceName="none")


def service_linked_role():
    made = iam.create_service_linked_role(AWSServiceName="inference.sagemaker.amazonaws.com")["Role"]
    assert made["RoleName"] == "AWSServiceRoleForSageMakerInference"
    refused("UnmodifiableEntity", iam.delete_role, RoleName=made["RoleName"])
    task = iam.delete_service_linked_role(RoleName=made["RoleName"])["DeletionTaskId"]
    assert iam.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"] == "SUCCEEDED"


def account_alias():
    iam.create_account_alias(AccountAlias="iris-team")
    assert pages("list_account_aliases", "AccountAliases") == ["iris-team"]
    refused("EntityAlreadyExists", iam.create_account_alias, AccountAlias="iris-team")
    refused("ValidationError", iam.create_account_alias, AccountAlias="No--good")
    iam.set_security_token_service_preferences(GlobalEndpointTokenVersion="v2Token")
    assert iam.get_account_summary()["SummaryMap"]["GlobalEndpointTokenVersion"] == 2
    iam.delete_account_alias(AccountAlias="iris-team")
    assert pages("list_account_aliases", "AccountAliases") == []


def older_nouns():
    """Those that were there before: users, roles, policies, instance profiles."""
    trust = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
            ],
        }
    )
    allow = json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    )
    user()
    user("bea")
    assert len(pages("list_users", "Users")) == 3
    tagging("user", UserName="ann")
    role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust, Description="mine")["Role"]
    assert "Description" not in role and role["AssumeRolePolicyDocument"]["Version"] == "2012-10-17"
    assert iam.get_role(RoleName="r")["Role"]["MaxSessionDuration"] == 3600
    tagging("role", RoleName="r")
    policy = iam.create_policy(PolicyName="p", PolicyDocument=allow)["Policy"]["Arn"]
    tagging("policy", PolicyArn=policy)
    iam.attach_role_policy(RoleName="r", PolicyArn=policy)
    iam.put_user_permissions_boundary(UserName="ann", PermissionsBoundary=policy)
    attached = pages("list_policies", "Policies", Scope="Local", OnlyAttached=True)
    assert [one["AttachmentCount"] for one in attached] == [1]
    used = {"roles": [], "users": []}
    for page in iam.get_paginator("list_entities_for_policy").paginate(
        PolicyArn=policy, PaginationConfig={"PageSize": 1}
    ):
        used["roles"] += page["PolicyRoles"]
        used["users"] += page["PolicyUsers"]
    assert ([one["RoleName"] for one in used["roles"]], [one["UserName"] for one in used["users"]]) == (["r"], ["ann"])
    iam.create_instance_profile(InstanceProfileName="i")
    tagging("instance_profile", InstanceProfileName="i")
    iam.add_role_to_instance_profile(InstanceProfileName="i", RoleName="r")
    assert len(pages("list_instance_profiles_for_role", "InstanceProfiles", RoleName="r")) == 1
    refused("DeleteConflict", iam.delete_role, RoleName="r")


nouns = {
    function.__name__: function
    for function in (
        groups,
        login_profile,
        mfa_device,
        open_id_connect_provider,
        saml_provider,
        server_certificate,
        signing_certificate,
        ssh_public_key,
        service_specific_credential,
        service_linked_role,
        account_alias,
        older_nouns,
    )
}

nouns[sys.argv[1]]()
