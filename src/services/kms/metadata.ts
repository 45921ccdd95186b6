import type { KeyMetadata } from '@aws-sdk/client-kms'
import type { Shape } from '../../wire/shape.ts'
import { currentMaterial, type Key, keyArn } from './key.ts'
import { specs } from './key-spec.ts'
import { stateOf } from './key-state.ts'

/** A key as DescribeKey and CreateKey show it. */
export function metadataOf(key: Key): Shape<KeyMetadata> {
  const state = stateOf(key)
  const material = currentMaterial(key)
  const facts = specs[key.spec]!
  return {
    AWSAccountId: key.account,
    KeyId: key.id,
    Arn: keyArn(key),
    CreationDate: key.createdAt,
    Enabled: state === 'Enabled',
    Description: key.description,
    KeyUsage: key.usage,
    KeyState: state,
    ...(key.deletion && { DeletionDate: key.deletion.date }),
    ...(key.deletionAfterReplicas && { PendingDeletionWindowInDays: key.deletionAfterReplicas.days }),
    Origin: key.origin,
    ...(material?.sealed !== undefined && material.expirationModel && { ExpirationModel: material.expirationModel }),
    ...(material?.sealed !== undefined && material.validTo !== undefined && { ValidTo: material.validTo }),
    KeyManager: key.manager,
    CustomerMasterKeySpec: key.spec as NonNullable<KeyMetadata['CustomerMasterKeySpec']>,
    KeySpec: key.spec,
    ...algorithms(key, facts),
    MultiRegion: key.multiRegion !== undefined,
    ...(key.multiRegion && { MultiRegionConfiguration: configuration(key, key.multiRegion) }),
    ...(key.spec === 'SYMMETRIC_DEFAULT' && material?.sealed !== undefined && { CurrentKeyMaterialId: material.id }),
  }
}

type Algorithms = 'EncryptionAlgorithms' | 'SigningAlgorithms' | 'MacAlgorithms' | 'KeyAgreementAlgorithms'

/** Those of the key's usage only. */
export function algorithms(
  { usage }: Pick<Key, 'usage'>,
  { encryption, signing, mac, agreement }: NonNullable<(typeof specs)['RSA_2048']>,
): Pick<Shape<KeyMetadata>, Algorithms> {
  switch (usage) {
    case 'ENCRYPT_DECRYPT':
      return { EncryptionAlgorithms: [...(encryption ?? [])] }
    case 'SIGN_VERIFY':
      return { SigningAlgorithms: [...(signing ?? [])] }
    case 'GENERATE_VERIFY_MAC':
      return { MacAlgorithms: [...(mac ?? [])] }
    case 'KEY_AGREEMENT':
      return { KeyAgreementAlgorithms: [...(agreement ?? [])] }
    default:
      return {}
  }
}

function configuration(key: Key, { primary, replicas }: NonNullable<Key['multiRegion']>) {
  const copyIn = (Region: string) => ({ Arn: keyArn({ ...key, region: Region }), Region })
  return {
    MultiRegionKeyType: key.region === primary ? ('PRIMARY' as const) : ('REPLICA' as const),
    PrimaryKey: copyIn(primary),
    ReplicaKeys: replicas.map(copyIn),
  }
}
