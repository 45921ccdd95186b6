import { createAlias, deleteAlias, listAliases, updateAlias } from './aliases.ts'
import { createGrant } from './create-grant.ts'
import { createKey } from './create-key.ts'
import { decrypt } from './decrypt.ts'
import { deriveSharedSecret } from './derive-shared-secret.ts'
import { describeKey } from './describe-key.ts'
import { encrypt } from './encrypt.ts'
import { retireGrant, revokeGrant } from './end-grant.ts'
import { generateDataKey, generateDataKeyWithoutPlaintext } from './generate-data-key.ts'
import { generateDataKeyPair, generateDataKeyPairWithoutPlaintext } from './generate-data-key-pair.ts'
import { generateRandom } from './generate-random.ts'
import { getPublicKey } from './get-public-key.ts'
import { deleteImportedKeyMaterial, getParametersForImport, importKeyMaterial } from './import-key-material.ts'
import { cancelKeyDeletion, scheduleKeyDeletion } from './key-deletion.ts'
import { getKeyPolicy, listKeyPolicies, putKeyPolicy } from './key-policies.ts'
import { disableKey, enableKey, updateKeyDescription } from './key-settings.ts'
import { listGrants, listRetirableGrants } from './list-grants.ts'
import { listKeys } from './list-keys.ts'
import { generateMac, verifyMac } from './mac.ts'
import { reEncrypt } from './re-encrypt.ts'
import { replicateKey, updatePrimaryRegion } from './replicate-key.ts'
import { disableKeyRotation, enableKeyRotation, getKeyRotationStatus } from './rotation.ts'
import { listKeyRotations, rotateKeyOnDemand } from './rotations.ts'
import { sign, verify } from './sign.ts'
import { listResourceTags, tagResource, untagResource } from './tags.ts'

/** Every built operation of AWS KMS, by its AWS name. */
export const operations = {
  CancelKeyDeletion: cancelKeyDeletion,
  CreateAlias: createAlias,
  CreateGrant: createGrant,
  CreateKey: createKey,
  Decrypt: decrypt,
  DeleteAlias: deleteAlias,
  DeleteImportedKeyMaterial: deleteImportedKeyMaterial,
  DeriveSharedSecret: deriveSharedSecret,
  DescribeKey: describeKey,
  DisableKey: disableKey,
  DisableKeyRotation: disableKeyRotation,
  EnableKey: enableKey,
  EnableKeyRotation: enableKeyRotation,
  Encrypt: encrypt,
  GenerateDataKey: generateDataKey,
  GenerateDataKeyPair: generateDataKeyPair,
  GenerateDataKeyPairWithoutPlaintext: generateDataKeyPairWithoutPlaintext,
  GenerateDataKeyWithoutPlaintext: generateDataKeyWithoutPlaintext,
  GenerateMac: generateMac,
  GenerateRandom: generateRandom,
  GetKeyPolicy: getKeyPolicy,
  GetKeyRotationStatus: getKeyRotationStatus,
  GetParametersForImport: getParametersForImport,
  GetPublicKey: getPublicKey,
  ImportKeyMaterial: importKeyMaterial,
  ListAliases: listAliases,
  ListGrants: listGrants,
  ListKeyPolicies: listKeyPolicies,
  ListKeyRotations: listKeyRotations,
  ListKeys: listKeys,
  ListResourceTags: listResourceTags,
  ListRetirableGrants: listRetirableGrants,
  PutKeyPolicy: putKeyPolicy,
  ReEncrypt: reEncrypt,
  ReplicateKey: replicateKey,
  RetireGrant: retireGrant,
  RevokeGrant: revokeGrant,
  RotateKeyOnDemand: rotateKeyOnDemand,
  ScheduleKeyDeletion: scheduleKeyDeletion,
  Sign: sign,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateAlias: updateAlias,
  UpdateKeyDescription: updateKeyDescription,
  UpdatePrimaryRegion: updatePrimaryRegion,
  Verify: verify,
  VerifyMac: verifyMac,
}
