import type { Call, Caller } from '../../../door/call.ts'
import { type Acting, sagemakerNetwork } from '../../../jobs/acting.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import type { World } from '../../../world.ts'

/** A grant on a customer's key, and what it needs to be ended. */
export interface KeyGrant {
  keyArn: string
  grantId: string
}

/** AWS names no principal of these grants. inferred */
const grantee = (region: string) => `sagemaker.${region}.amazonaws.com`

/** What a volume takes: data keys made and opened. inferred: the list */
const operations = ['Decrypt', 'DescribeKey', 'GenerateDataKeyWithoutPlaintext']

type Ask = <O>(operation: string, input: Record<string, unknown>) => Promise<O>

/**
 * The two actions of the role page ("CreateDomain API: execution role permissions", enforced at CreateApp): by the
 * role's policy or the key's. The same `name` gives the same grant again. Rejects with KMS's AwsError.
 */
export async function grantByRole(acting: Acting, region: string, keyId: string, name: string): Promise<KeyGrant> {
  const ask: Ask = (operation, input) => acting.call('kms', operation, input)
  return grant(ask, region, await arnOf(ask, keyId), name)
}

/**
 * What CreateDomain asks of the caller's own rights on the key, for the home file system (facts: errors.md B1,
 * CreateDomain with a KMS key): EFS goes on in the caller's name. KMS's refusal is the answer.
 */
export async function grantByCaller(
  world: World,
  call: Pick<Call, 'region' | 'requestId'> & { caller: Caller },
  keyId: string,
  name: string,
): Promise<KeyGrant> {
  const ask: Ask = (operation, input) =>
    world.door.call({
      service: 'kms',
      operation,
      input,
      as: { caller: call.caller, via: 'elasticfilesystem.amazonaws.com' },
      origin: sagemakerNetwork,
      region: call.region,
      onBehalfOf: call.requestId,
    })
  const keyArn = await arnOf(ask, keyId)
  const { CiphertextBlob } = await ask<{ CiphertextBlob: Uint8Array }>('GenerateDataKeyWithoutPlaintext', {
    KeyId: keyArn,
    KeySpec: 'AES_256',
  })
  await ask('Decrypt', { CiphertextBlob, KeyId: keyArn })
  // Last, for it alone leaves something behind.
  return grant(ask, call.region, keyArn, name)
}

async function arnOf(ask: Ask, KeyId: string): Promise<string> {
  return (await ask<{ KeyMetadata: { Arn: string } }>('DescribeKey', { KeyId })).KeyMetadata.Arn
}

async function grant(ask: Ask, region: string, keyArn: string, name: string): Promise<KeyGrant> {
  const { GrantId: grantId } = await ask<{ GrantId: string }>('CreateGrant', {
    KeyId: keyArn,
    GranteePrincipal: grantee(region),
    RetiringPrincipal: grantee(region),
    Operations: operations,
    Name: name,
  })
  return { keyArn, grantId }
}

/** The service ends what was granted to it. A key or grant that is gone needs no end. */
export async function endGrant(
  world: World,
  at: { account: string; region: string; arn: string },
  ended: KeyGrant | undefined,
): Promise<void> {
  if (!ended) return
  try {
    await world.door.call({
      service: 'kms',
      operation: 'RetireGrant',
      input: { KeyId: ended.keyArn, GrantId: ended.grantId },
      as: { service: grantee(at.region), sourceArn: at.arn, sourceAccount: at.account },
      origin: sagemakerNetwork,
      region: at.region,
      onBehalfOf: at.arn,
    })
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    world.log.warn({ err: error, arn: at.arn }, 'a grant on a key could not be retired')
  }
}
