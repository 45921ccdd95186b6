"""A program as people write it with boto3: envelope encryption, signing, grants."""

import boto3

kms = boto3.client("kms")
key = kms.create_key(Description="flow", Tags=[{"TagKey": "team", "TagValue": "ml"}])["KeyMetadata"]
kms.create_alias(AliasName="alias/flow", TargetKeyId=key["KeyId"])

context = {"purpose": "flow", "ünï": "çødé"}
data = kms.generate_data_key(KeyId="alias/flow", KeySpec="AES_256", EncryptionContext=context)
assert len(data["Plaintext"]) == 32
opened = kms.decrypt(CiphertextBlob=data["CiphertextBlob"], EncryptionContext=context)
assert opened["Plaintext"] == data["Plaintext"] and opened["KeyId"] == key["Arn"]
try:
    kms.decrypt(CiphertextBlob=data["CiphertextBlob"])
    raise SystemExit("decrypted without its encryption context")
except kms.exceptions.InvalidCiphertextException:
    pass

listed = [one["KeyId"] for page in kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 1}) for one in page["Keys"]]
assert key["KeyId"] in listed
aliases = [one["AliasName"] for page in kms.get_paginator("list_aliases").paginate() for one in page["Aliases"]]
assert "alias/flow" in aliases

mac = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["KeyId"]
made = kms.generate_mac(KeyId=mac, Message=b"message", MacAlgorithm="HMAC_SHA_256")["Mac"]
assert kms.verify_mac(KeyId=mac, Message=b"message", MacAlgorithm="HMAC_SHA_256", Mac=made)["MacValid"]

account = key["AWSAccountId"]
grant = kms.create_grant(KeyId=key["KeyId"], GranteePrincipal=f"arn:aws:iam::{account}:root", Operations=["Decrypt"])
assert [one["GrantId"] for one in kms.list_grants(KeyId=key["KeyId"])["Grants"]] == [grant["GrantId"]]
kms.revoke_grant(KeyId=key["KeyId"], GrantId=grant["GrantId"])

kms.enable_key_rotation(KeyId=key["KeyId"], RotationPeriodInDays=180)
assert kms.get_key_rotation_status(KeyId=key["KeyId"])["KeyRotationEnabled"]
kms.disable_key(KeyId=key["KeyId"])
try:
    kms.encrypt(KeyId="alias/flow", Plaintext=b"x")
    raise SystemExit("encrypted with a disabled key")
except kms.exceptions.DisabledException:
    pass
print("done")
