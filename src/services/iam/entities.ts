import { AwsError } from '../../wire/aws-error.ts'
import type { Store } from '../../store/store.ts'
import type { BoundPolicy } from './bound-principals.ts'

/**
 * The documents that IAM keeps. Names are unique without regard to case (IAM User Guide, "IAM and AWS STS quotas"),
 * hence keys are `${account}/${lower-cased name}`, while the document keeps the name as it was given.
 * All times are epoch seconds.
 */
export interface Tag {
  readonly Key: string
  readonly Value: string
}

export type EntityType = 'user' | 'group' | 'role'

/** What users, groups and roles have in common. */
export interface Entity {
  readonly type: EntityType
  readonly account: string
  readonly name: string
  readonly path: string
  /** AIDA…, AGPA…, AROA…: never used twice, so that a re-created name is somebody else. */
  readonly id: string
  readonly arn: string
  readonly createDate: number
  readonly tags: readonly Tag[]
  readonly inline: readonly InlinePolicy[]
  /** ARNs of managed policies, in the order in which they were attached. */
  readonly attached: readonly string[]
  /** ARN of the managed policy that is the permissions boundary. */
  readonly boundary?: string
}

export interface InlinePolicy {
  readonly name: string
  /** As its author wrote it. */
  readonly text: string
}

export interface User extends Entity {
  readonly type: 'user'
  /** Access key ids, oldest first. */
  readonly accessKeys: readonly string[]
  /** Lower-cased names of its groups. */
  readonly groups: readonly string[]
}

export interface Group extends Entity {
  readonly type: 'group'
}

export interface Role extends Entity {
  readonly type: 'role'
  readonly description?: string
  /** Seconds. */
  readonly maxSessionDuration: number
  readonly trust: BoundPolicy
}

/** A customer managed policy. */
export interface Policy {
  readonly account: string
  readonly name: string
  readonly path: string
  readonly id: string
  readonly arn: string
  readonly description?: string
  readonly createDate: number
  readonly updateDate: number
  readonly defaultVersionId: string
  /** Oldest first. */
  readonly versions: readonly PolicyVersion[]
  /** Version numbers are not used again, even those of deleted versions. */
  readonly lastVersion: number
  readonly tags: readonly Tag[]
}

export interface PolicyVersion {
  readonly id: string
  readonly text: string
  readonly createDate: number
}

/** Stored under its own id, because that is all that a signature names. */
export interface AccessKey {
  readonly id: string
  readonly secret: string
  readonly account: string
  /** Absent for the account's root user. */
  readonly userName?: string
  readonly userId?: string
  readonly status: 'Active' | 'Inactive'
  readonly createDate: number
}

export interface InstanceProfile {
  readonly account: string
  readonly name: string
  readonly path: string
  readonly id: string
  readonly arn: string
  readonly createDate: number
  readonly tags: readonly Tag[]
  /** Lower-cased name of its role. */
  readonly role?: string
}

interface ByType {
  user: User
  group: Group
  role: Role
}

export const ACCESS_KEYS = 'iam/access-key'
export const POLICIES = 'iam/policy'
export const INSTANCE_PROFILES = 'iam/instance-profile'

export function kindOf(type: EntityType): string {
  return `iam/${type}`
}

export function keyOf(account: string, name: string): string {
  return `${account}/${name.toLowerCase()}`
}

export function findEntity<T extends EntityType>(
  store: Store,
  type: T,
  account: string,
  name: string,
): ByType[T] | undefined {
  return store.get<ByType[T]>(kindOf(type), keyOf(account, name))
}

/** Throws AWS's NoSuchEntity. */
export function requireEntity<T extends EntityType>(store: Store, type: T, account: string, name: string): ByType[T] {
  const entity = findEntity(store, type, account, name)
  if (!entity) throw noSuchEntity(`The ${type} with name ${name} cannot be found.`)
  return entity
}

export function saveEntity(store: Store, entity: Entity): void {
  store.put(kindOf(entity.type), keyOf(entity.account, entity.name), entity)
}

export function deleteEntity(store: Store, entity: Entity): void {
  store.delete(kindOf(entity.type), keyOf(entity.account, entity.name))
}

const entityArn = /^arn:aws:iam::(\d{12}):(user|group|role|policy|instance-profile)(\/(?:[^/]*\/)*)([^/]+)$/

/** Takes the ARN of an IAM thing to pieces; undefined for every other ARN. `path` begins and ends with a slash. */
export function parseArn(arn: string): { account: string; type: string; path: string; name: string } | undefined {
  const [, account, type, path, name] = entityArn.exec(arn) ?? []
  return account && type && path && name ? { account, type, path, name } : undefined
}

export function iamArn(account: string, type: string, path: string, name: string): string {
  return `arn:aws:iam::${account}:${type}${path}${name}`
}

/** The user, role or group that has exactly this ARN now, path and case included. */
export function entityByArn(store: Store, arn: string): Entity | undefined {
  const parsed = parseArn(arn)
  if (parsed?.type !== 'user' && parsed?.type !== 'role' && parsed?.type !== 'group') return undefined
  const entity = findEntity(store, parsed.type, parsed.account, parsed.name)
  return entity?.arn === arn ? entity : undefined
}

export function noSuchEntity(message: string): AwsError {
  return new AwsError('NoSuchEntity', message, 404)
}

export function alreadyExists(message: string): AwsError {
  return new AwsError('EntityAlreadyExists', message, 409)
}

export function deleteConflict(message: string): AwsError {
  return new AwsError('DeleteConflict', message, 409)
}

export function limitExceeded(message: string): AwsError {
  return new AwsError('LimitExceeded', message, 409)
}

export function invalidInput(message: string): AwsError {
  return new AwsError('InvalidInput', message)
}

export function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message)
}
