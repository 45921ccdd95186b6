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

export interface ActionFacts {
  /** As AWS writes it: `s3:GetObject`. */
  readonly name: string
  readonly accessLevel: 'Read' | 'Write' | 'List' | 'Tagging' | 'Permissions management'
  /** Names of resource types; empty: the action knows no resource but `*`. */
  readonly resourceTypes: readonly { readonly name: string; readonly required: boolean }[]
  /** Service keys (and global tag keys) that the action knows, as AWS writes them. */
  readonly conditionKeys: readonly string[]
  /** Other actions that AWS checks with it, e.g. `iam:PassRole`. */
  readonly dependentActions: readonly string[]
}

export interface ServiceFacts {
  /** `s3` */
  readonly prefix: string
  /** `Amazon S3` */
  readonly name: string
  /** In alphabetical order. */
  readonly actions: readonly ActionFacts[]
  /** Resource type name -> ARN formats with `${Partition}`, `${Region}`, `${Account}` and other placeholders. */
  readonly resourceTypes: ReadonlyMap<
    string,
    { readonly arns: readonly string[]; readonly conditionKeys: readonly string[] }
  >
  /** By lower-cased name; keys with a variable tail (`s3:existingobjecttag/<key>`) under their part up to the slash. */
  readonly conditionKeys: ReadonlyMap<string, ConditionKeyFacts>
}

export interface ServiceReference {
  /** Lower-cased prefixes, sorted. */
  readonly prefixes: readonly string[]
  /** By prefix in any case; read at the first question. */
  service(prefix: string): ServiceFacts | undefined
  /** By name in any case. */
  action(name: string): ActionFacts | undefined
}
