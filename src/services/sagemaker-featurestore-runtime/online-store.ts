import type { Call, Permit } from '../../door/call.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { cannotFind, featureGroups, groupAt, type FeatureGroup } from '../sagemaker/feature-store/feature-group.ts'
import { openDataKey } from '../sagemaker/feature-store/online-key.ts'
import { findRecord, open, type FeatureValue, type StoredRecord } from '../sagemaker/feature-store/record.ts'

/** Feature Store's own code for what a request has wrong. */
export const invalid = (message: string): AwsError => new AwsError('ValidationError', `Validation Error: ${message}`)

/** The group. An unknown one is told as `code` (public reports of PutRecord: ValidationError). */
export function mustHaveGroup(call: Call, nameOrArn: string, [code, status]: readonly [string, number]): FeatureGroup {
  const at = groupAt(nameOrArn, call)
  const group = featureGroups.find(call.world.store, at, at.name)
  if (!group) throw new AwsError(code, cannotFind(at.name), status)
  // inferred: sentence
  if (group.description.FeatureGroupStatus !== 'Created') {
    throw invalid(`FeatureGroup ${group.name} is in status ${group.description.FeatureGroupStatus}.`)
  }
  return group
}

/** inferred: sentence */
export function mustBeOnline(group: FeatureGroup): FeatureGroup {
  if (group.description.OnlineStoreConfig?.EnableOnlineStore) return group
  throw invalid(`The OnlineStore of FeatureGroup ${group.name} is disabled.`)
}

/** The data key for this caller. KMS's refusal becomes the runtime's own. inferred: code and sentence. */
export async function keyFor(permit: Permit, group: FeatureGroup): Promise<Buffer | undefined> {
  try {
    return await openDataKey(permit, group)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    const told =
      error.code === 'AccessDeniedException'
        ? new AwsError('AccessForbidden', error.message, 403)
        : invalid(`${error.code}: ${error.message}`)
    if (error.requestId) told.causedBy = error.requestId
    throw told
  }
}

export interface ReadRecord {
  record: FeatureValue[]
  expiresAt?: number
}

/** The newest record of an identifier, if it is there, was not deleted and has not expired. Throws for features that are none. */
export function readRecord(
  { world }: Permit,
  group: FeatureGroup,
  key: Buffer | undefined,
  identifier: string,
  names?: readonly string[],
): ReadRecord | undefined {
  const known = group.description.FeatureDefinitions.map(({ FeatureName }) => FeatureName)
  const unknown = names?.find((name) => !known.includes(name))
  if (unknown !== undefined) throw invalid(`Feature ${unknown} does not exist in FeatureGroup ${group.name}.`) // inferred: sentence
  const stored = findRecord(world.store, group, identifier)
  if (!stored || isOver(stored, world.now())) return undefined
  const values = open(stored, key)
  if (!values) return undefined
  return {
    record: names ? values.filter(({ FeatureName }) => names.includes(FeatureName)) : values,
    ...(stored.expiresAt !== undefined && { expiresAt: stored.expiresAt }),
  }
}

const isOver = ({ expiresAt = Infinity }: StoredRecord, now: number): boolean => expiresAt <= now

export const expiryText = (expiresAt: number): string => new Date(expiresAt).toISOString().replace('.000Z', 'Z')
