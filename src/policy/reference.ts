/**
 * What AWS's Service Authorization Reference says about actions, as data that is handed in: the engine decides without it,
 * and only findings (lint), comparisons and simulations look things up here.
 */

export type ConditionKeyType = 'String' | 'ARN' | 'Bool' | 'Date' | 'Numeric' | 'IPAddress' | 'Binary'

export interface ConditionKeyFacts {
  /** As AWS writes it, e.g. `s3:ExistingObjectTag/<key>`. */
  readonly name: string
  readonly type: ConditionKeyType
  readonly multiValued: boolean
}

/** A resource type as one action takes it. */
export interface ActionResource {
  readonly name: string
  readonly required: boolean
  /** Keys that the action knows only about this resource, as AWS writes them. */
  readonly conditionKeys: readonly string[]
}

export interface ActionFacts {
  /** As AWS writes it: `s3:GetObject`. */
  readonly name: string
  readonly accessLevel: 'Read' | 'Write' | 'List' | 'Tagging' | 'Permissions management'
  /** Empty: the action knows no resource but `*`. */
  readonly resourceTypes: readonly ActionResource[]
  /** Service keys (and global tag keys) that the action knows, whatever its resource, as AWS writes them. */
  readonly conditionKeys: readonly string[]
}

export interface ResourceTypeFacts {
  readonly name: string
  /** With `${Partition}`, `${Region}`, `${Account}` and other placeholders; a few have a `*` as well. */
  readonly arn: string
  readonly conditionKeys: readonly string[]
}

export interface ServiceFacts {
  /** `s3` */
  readonly prefix: string
  /** `Amazon S3` */
  readonly name: string
  /** In alphabetical order. */
  readonly actions: readonly ActionFacts[]
  /** By name. */
  readonly resourceTypes: ReadonlyMap<string, ResourceTypeFacts>
  /** By lower-cased name, placeholders and all: `s3:existingobjecttag/<key>`. */
  readonly conditionKeys: ReadonlyMap<string, ConditionKeyFacts>
  /** A key as a policy writes it, in any case, placeholders filled in: `s3:ExistingObjectTag/team`. */
  conditionKey(key: string): ConditionKeyFacts | undefined
}

export interface ServiceReference {
  /** Lower-cased prefixes, sorted. */
  readonly prefixes: readonly string[]
  /** Prefixes of the services that resource control policies bind, sorted. */
  readonly rcpPrefixes: readonly string[]
  /** By prefix in any case; read at the first question. */
  service(prefix: string): ServiceFacts | undefined
  /** By name in any case. */
  action(name: string): ActionFacts | undefined
  /** Resource types of which the ARN names this service, whichever services define them; undefined for an unknown name. */
  resourceTypes(arnService: string): readonly ResourceTypeFacts[] | undefined
  /** A service's own key as a policy writes it, in any case; global keys (`aws:…`) are in `global-keys.ts`. */
  conditionKey(key: string): ConditionKeyFacts | undefined
}
