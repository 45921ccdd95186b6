import type { Permit } from '../../../door/call.ts'
import type { FeatureGroup } from './feature-group.ts'

/**
 * An online store under a customer's key. It is the caller who needs the key's rights, kms:DescribeKey, kms:GenerateDataKey
 * and others when the group is made and kms:Decrypt on every record (API_OnlineStoreSecurityConfig): SageMaker asks KMS in
 * the caller's own name.
 */
async function askKms<O>({ call, world }: Permit, operation: string, input: Record<string, unknown>): Promise<O> {
  return world.door.call<O>({
    service: 'kms',
    operation,
    input,
    as: { caller: call.caller, via: 'sagemaker.amazonaws.com' },
    origin: { kind: 'service-network', service: 'sagemaker.amazonaws.com' },
    region: call.region,
    onBehalfOf: call.requestId,
  })
}

/** inferred: AWS does not say by which context its online store is bound. */
const contextOf = (arn: string) => ({ 'aws:sagemaker:feature-group-arn': arn })

/** A data key for a new group, as KMS sealed it. Rejects with KMS's refusal. */
export async function newDataKey(permit: Permit, arn: string, keyId: string): Promise<string> {
  await askKms(permit, 'DescribeKey', { KeyId: keyId })
  const { CiphertextBlob } = await askKms<{ CiphertextBlob: Uint8Array }>(permit, 'GenerateDataKeyWithoutPlaintext', {
    KeyId: keyId,
    KeySpec: 'AES_256',
    EncryptionContext: contextOf(arn),
  })
  return Buffer.from(CiphertextBlob).toString('base64')
}

/** The group's data key for this caller; undefined where the store has none. Rejects with KMS's refusal. */
export async function openDataKey(permit: Permit, { arn, dataKey }: FeatureGroup): Promise<Buffer | undefined> {
  if (dataKey === undefined) return undefined
  const { Plaintext } = await askKms<{ Plaintext: Uint8Array }>(permit, 'Decrypt', {
    CiphertextBlob: Buffer.from(dataKey, 'base64'),
    EncryptionContext: contextOf(arn),
  })
  return Buffer.from(Plaintext)
}
