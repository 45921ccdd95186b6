import type { Caller } from '../door/call.ts'
import type { Job, VolumeGrant } from '../services/sagemaker/job.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { World } from '../world.ts'
import { sagemakerNetwork } from './acting.ts'
import type { Acting } from './acting.ts'
import { JobFailure, reasons } from './failure.ts'

const SERVICE = 'sagemaker.amazonaws.com'

/** What EBS needs for a new encrypted volume (EBS User Guide, "How Amazon EBS encryption works"), and that it may be given up. */
const OPERATIONS = ['Decrypt', 'DescribeKey', 'GenerateDataKeyWithoutPlaintext', 'RetireGrant']

type At = Pick<Job, 'arn' | 'account' | 'region'>

/** EBS's encryption context of a volume. */
const contextOf = (volumeId: string) => ({ 'aws:ebs:id': volumeId })

/** With a name it is the same grant when it is asked for again. */
const wish = (KeyId: string, volumeId: string) => ({
  KeyId,
  Name: volumeId,
  GranteePrincipal: SERVICE,
  Operations: OPERATIONS,
  Constraints: { EncryptionContextSubset: contextOf(volumeId) },
})

const newVolume = (world: World) => `vol-0${world.hex(16)}`

/**
 * Stores a new job in a transaction, with grants of the caller's where they are needed (grantsOfCaller). When it cannot be
 * stored, the grants are given up.
 */
export async function storeWithGrants(
  world: World,
  acting: Acting,
  caller: Caller,
  job: Job,
  volumes: { keyId: string | undefined; count: number },
  store: () => void,
): Promise<void> {
  const grants = await grantsOfCaller(world, acting, caller, job, volumes)
  if (grants.length > 0) job.grants = grants
  try {
    world.store.transaction(store)
  } catch (error) {
    await retireGrants(world, job, grants)
    throw error
  }
}

/**
 * Grants by the caller of a Create operation on the volume key, one for each host, where the execution role may not make
 * them itself (API permissions reference: `kms:CreateGrant` of the caller only where the role lacks it). Empty where the
 * role may, and where nobody may: then the job finds out.
 */
async function grantsOfCaller(
  world: World,
  acting: Acting,
  caller: Caller,
  job: At,
  { keyId, count }: { keyId: string | undefined; count: number },
): Promise<VolumeGrant[]> {
  if (!keyId || (await roleMayGrant(world, acting, keyId))) return []
  const made: VolumeGrant[] = []
  try {
    while (made.length < count) {
      const volumeId = newVolume(world)
      const { GrantId } = await world.door.call<{ GrantId: string }>({
        service: 'kms',
        operation: 'CreateGrant',
        input: wish(keyId, volumeId),
        as: { caller, via: SERVICE },
        origin: sagemakerNetwork,
        region: job.region,
        onBehalfOf: job.arn,
      })
      made.push({ keyId, grantId: GrantId, volumeId })
    }
    return made
  } catch (error) {
    await retireGrants(world, job, made)
    if (error instanceof AwsError) return []
    throw error
  }
}

async function roleMayGrant(world: World, acting: Acting, keyId: string): Promise<boolean> {
  try {
    await acting.forward('kms', 'CreateGrant', { ...wish(keyId, newVolume(world)), DryRun: true })
    return true
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return error.code !== 'AccessDeniedException'
  }
}

/** A grant for a host's volume that is to be made: noted first, so that it is found again whatever happens to this server. */
export const plannedGrant = (world: World, keyId: string): VolumeGrant => ({ keyId, volumeId: newVolume(world) })

/** Makes it, by the execution role; returns its id. Rejects with JobFailure. */
export async function grantVolume(acting: Acting, { keyId, volumeId }: VolumeGrant): Promise<string> {
  const { GrantId } = await told(keyId, () =>
    acting.forward<{ GrantId: string }>('kms', 'CreateGrant', wish(keyId, volumeId)),
  )
  return GrantId
}

/** What EBS does by a grant when it makes and attaches an encrypted volume. Rejects with JobFailure. */
export async function openVolume(world: World, job: At, { keyId, volumeId }: VolumeGrant): Promise<void> {
  const EncryptionContext = contextOf(volumeId)
  await told(keyId, async () => {
    await asService(world, job, 'DescribeKey', { KeyId: keyId })
    const { CiphertextBlob } = await asService<{ CiphertextBlob: Uint8Array }>(
      world,
      job,
      'GenerateDataKeyWithoutPlaintext',
      { KeyId: keyId, KeySpec: 'AES_256', EncryptionContext },
    )
    await asService(world, job, 'Decrypt', { KeyId: keyId, CiphertextBlob, EncryptionContext })
  })
}

/**
 * The service gives its grants up; one that is gone, or whose key is, is no matter. Of one that was planned nobody knows
 * whether it was made: it is asked for again, which names it.
 */
export async function retireGrants(
  world: World,
  job: At,
  grants: readonly VolumeGrant[],
  acting?: Acting,
): Promise<void> {
  for (const one of grants) {
    try {
      const GrantId = one.grantId ?? (acting && (await grantVolume(acting, one)))
      if (GrantId !== undefined) await asService(world, job, 'RetireGrant', { KeyId: keyArn(one.keyId, job), GrantId })
    } catch (error) {
      if (!(error instanceof AwsError || error instanceof JobFailure)) throw error
    }
  }
}

const keyArn = (keyId: string, { account, region }: At) =>
  keyId.startsWith('arn:') ? keyId : `arn:aws:kms:${region}:${account}:key/${keyId}`

function asService<O>(world: World, job: At, operation: string, input: Record<string, unknown>): Promise<O> {
  return world.door.call<O>({
    service: 'kms',
    operation,
    input,
    as: { service: SERVICE, sourceArn: job.arn, sourceAccount: job.account },
    origin: sagemakerNetwork,
    region: job.region,
    onBehalfOf: job.arn,
  })
}

async function told<T>(keyId: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof AwsError ? new JobFailure(reasons.volumeKey(keyId, error), error) : error
  }
}
