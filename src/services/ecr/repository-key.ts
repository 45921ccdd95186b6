import type { EncryptionConfiguration } from '@aws-sdk/client-ecr'
import type { Actor } from '../../door/door.ts'
import type { Permit } from '../../door/call.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { Shape } from '../../wire/shape.ts'
import { findRepository, repositoryArn } from './repository.ts'
import type { RepositoryId } from './repository.ts'

/**
 * The KMS key of a repository (Amazon ECR User Guide, "Encryption at rest"): the key is described and two grants are created in
 * the name of whoever creates the repository; by these grants ECR itself then asks KMS with each push and pull, so that a key
 * that is disabled, or a grant that is revoked, closes the repository.
 */
export interface RepositoryKey {
  keyArn: string
  grantIds: readonly string[]
  /** Ciphertext of the repository's data key, base64. */
  dataKey: string
}

/** The key that AWS makes for ECR where none is named. */
const DEFAULT_KEY = 'alias/aws/ecr'

/** KMS's part of creating a repository; undefined where S3's keys do. */
export async function takeKey(
  permit: Permit,
  id: RepositoryId,
  encryption: Shape<EncryptionConfiguration> | undefined,
): Promise<RepositoryKey | undefined> {
  if (!encryption || encryption.encryptionType === 'AES256') return undefined
  const { call } = permit
  const caller: Actor = { caller: call.caller, via: 'ecr.amazonaws.com' }
  const { KeyMetadata } = await ask<{ KeyMetadata: { Arn: string } }>(permit, id, caller, 'DescribeKey', {
    KeyId: encryption.kmsKey ?? DEFAULT_KEY,
  })
  const keyArn = KeyMetadata.Arn
  const principal = servicePrincipal(id)
  const grant = async (more: object) =>
    (
      await ask<{ GrantId: string }>(permit, id, caller, 'CreateGrant', {
        KeyId: keyArn,
        GranteePrincipal: principal,
        RetiringPrincipal: principal,
        ...more,
      })
    ).GrantId
  const grantIds = [
    await grant({
      Operations: ['GenerateDataKey', 'Decrypt'],
      Constraints: { EncryptionContextSubset: contextOf(id) },
    }),
    await grant({ Operations: ['RetireGrant', 'DescribeKey'] }),
  ]
  const { CiphertextBlob } = await ask<{ CiphertextBlob: Uint8Array }>(permit, id, itself(id), 'GenerateDataKey', {
    KeyId: keyArn,
    KeySpec: 'AES_256',
    EncryptionContext: contextOf(id),
  })
  return { keyArn, grantIds, dataKey: Buffer.from(CiphertextBlob).toString('base64') }
}

/** Before what is in a repository is read: KMS must open its data key. */
export async function openForReading(permit: Permit, id: RepositoryId): Promise<void> {
  const { key } = findRepository(permit.world, id)
  if (!key) return
  await ask(permit, id, itself(id), 'Decrypt', {
    KeyId: key.keyArn,
    CiphertextBlob: Buffer.from(key.dataKey, 'base64'),
    EncryptionContext: contextOf(id),
  })
}

/** Before something is put into a repository: KMS must give a data key. */
export async function openForWriting(permit: Permit, id: RepositoryId): Promise<void> {
  const { key } = findRepository(permit.world, id)
  if (!key) return
  await ask(permit, id, itself(id), 'GenerateDataKey', {
    KeyId: key.keyArn,
    KeySpec: 'AES_256',
    EncryptionContext: contextOf(id),
  })
}

/** Gives the grants back with the repository. A key that is gone has taken them along. */
export async function returnKey(permit: Permit, id: RepositoryId, key: RepositoryKey | undefined): Promise<void> {
  for (const GrantId of key?.grantIds ?? []) {
    try {
      await ask(permit, id, itself(id), 'RetireGrant', { KeyId: key?.keyArn, GrantId })
    } catch (error) {
      permit.world.log.warn({ err: error }, 'a grant of a deleted repository is left behind')
    }
  }
}

const contextOf = (id: RepositoryId) => ({ 'aws:ecr:arn': repositoryArn(id) })

const servicePrincipal = ({ region }: RepositoryId) => `ecr.${region}.amazonaws.com`

function itself(id: RepositoryId): Actor {
  return { service: servicePrincipal(id), sourceArn: repositoryArn(id), sourceAccount: id.account }
}

/** Rejects with KmsException, which tells KMS's own code. */
async function ask<O>(permit: Permit, id: RepositoryId, as: Actor, operation: string, input: object): Promise<O> {
  try {
    return await permit.world.door.call<O>({
      service: 'kms',
      operation,
      input: input as Record<string, unknown>,
      as,
      origin: { kind: 'service-network', service: 'ecr' },
      region: id.region,
      onBehalfOf: permit.call.requestId,
    })
  } catch (error) {
    if (!(error instanceof AwsError) || error.status >= 500) throw error
    const told = new AwsError('KmsException', error.message, 400, { kmsError: error.code })
    if (error.requestId) told.causedBy = error.requestId
    throw told
  }
}
