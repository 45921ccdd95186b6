/**
 * What is known of a condition key before any policy is read: which values it can have at all, and one that people know.
 * IAM User Guide: "AWS global condition context keys". Of other keys a reference tells the type; else all is possible.
 */
import { globalKey } from '../global-keys.ts'
import type { ConditionKeyType, ServiceReference } from '../reference.ts'

export interface KeyFacts {
  /** Values of another type do not occur. */
  readonly type: ConditionKeyType | 'Account' | undefined
  /** Never a list. */
  readonly single: boolean
  /** In every request. */
  readonly always: boolean
  /** Values to prefer in a witness, best first. */
  readonly examples: readonly string[]
}

export const EXAMPLE_ACCOUNT = '123456789012'
const OTHER_ACCOUNT = '111122223333'

const accounts = new Set(['aws:principalaccount', 'aws:resourceaccount', 'aws:sourceaccount', 'aws:vpceaccount'])

const examples: Readonly<Record<string, readonly string[]>> = {
  'aws:multifactorauthpresent': ['true'],
  'aws:principalarn': [`arn:aws:iam::${EXAMPLE_ACCOUNT}:role/example`],
  'aws:principalisawsservice': ['false'],
  'aws:principalorgid': ['o-a1b2c3d4e5'],
  'aws:principaltype': ['AssumedRole', 'User'],
  'aws:requestedregion': ['us-east-1', 'eu-west-1'],
  'aws:securetransport': ['true'],
  'aws:sourceip': ['203.0.113.10'],
  'aws:sourcevpc': ['vpc-0a1b2c3d'],
  'aws:sourcevpce': ['vpce-0a1b2c3d'],
  'aws:viaawsservice': ['false'],
  'aws:vpcsourceip': ['10.0.0.10'],
}

const always = new Set([
  'aws:currenttime',
  'aws:epochtime',
  'aws:requestedregion',
  'aws:securetransport',
  'aws:viaawsservice',
])

/** Of a caller that has a policy of its own: an IAM user or a role session, never nobody and never a service. */
const alwaysOfIdentities = new Set([
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalisawsservice',
  'aws:principaltype',
  'aws:userid',
])

export interface FactsOptions {
  reference?: ServiceReference | undefined
  /** All callers are IAM users or role sessions. */
  identities: boolean
}

/** `key` in lower case. */
export function keyFacts(key: string, { reference, identities }: FactsOptions): KeyFacts {
  const known = globalKey(key) ?? reference?.conditionKey(key)
  const type = accounts.has(key) ? 'Account' : known?.type
  return {
    type,
    single: known?.multiValued === false,
    always: always.has(key) || (identities && alwaysOfIdentities.has(key)),
    examples: examples[key] ?? ofType(type),
  }
}

function ofType(type: KeyFacts['type']): readonly string[] {
  switch (type) {
    case 'Account':
      return [EXAMPLE_ACCOUNT, OTHER_ACCOUNT]
    case 'Bool':
      return ['true', 'false']
    case 'ARN':
      return [`arn:aws:example:us-east-1:${EXAMPLE_ACCOUNT}:example`]
    case 'IPAddress':
      return ['203.0.113.10']
    case 'Date':
    case 'Numeric':
    case 'Binary':
      return []
    default:
      return ['example']
  }
}
