/**
 * What global keys have to do with each other and with the rest of a request. A search that takes every key by itself finds
 * requests that AWS never makes; here they are recognised.
 * IAM User Guide: "AWS global condition context keys", each key's "Availability".
 */
import type { Principal } from '../types.ts'
import type { Value } from './key-classes.ts'

export interface Draft {
  readonly principal: Principal
  readonly resource: string
  /** By key in lower case; undefined for a key that must be absent. Keys that nobody looked at are missing. */
  readonly values: ReadonlyMap<string, Value>
}

/** Why AWS makes no such request, or undefined. */
export function contradiction(draft: Draft): string | undefined {
  for (const [keys, holds] of rules) {
    if (!holds(draft)) return keys
  }
  return undefined
}

type Check = (draft: Draft) => boolean

/** The key is as it must be, or nobody looked at it. */
function is(key: string, wanted: (draft: Draft) => Value): Check {
  return (draft) => !draft.values.has(key) || draft.values.get(key) === wanted(draft)
}

function present({ values }: Draft, key: string): boolean {
  return values.get(key) !== undefined
}

const PRINCIPAL_TYPES: Readonly<Partial<Record<Principal['kind'], string>>> = {
  root: 'Account',
  user: 'User',
  'role-session': 'AssumedRole',
  'federated-user': 'FederatedUser',
  anonymous: 'Anonymous',
}

function isNameless({ kind }: Principal): boolean {
  return kind === 'service' || kind === 'anonymous'
}

const rules: readonly (readonly [string, Check])[] = [
  [
    'aws:PrincipalArn is not the caller’s',
    is('aws:principalarn', ({ principal }) => principal.principalArn || undefined),
  ],
  [
    'aws:PrincipalAccount is not the caller’s account',
    (draft) => isNameless(draft.principal) || is('aws:principalaccount', ({ principal }) => principal.account)(draft),
  ],
  [
    'aws:PrincipalType is not the caller’s',
    is('aws:principaltype', ({ principal }) => PRINCIPAL_TYPES[principal.kind]),
  ],
  [
    'aws:username is not the caller’s',
    is('aws:username', ({ principal }) =>
      principal.kind === 'user' ? principal.arn.slice(principal.arn.lastIndexOf('/') + 1) : undefined,
    ),
  ],
  [
    'aws:PrincipalIsAWSService does not fit the caller',
    is('aws:principalisawsservice', ({ principal: { kind } }) =>
      kind === 'anonymous' ? undefined : String(kind === 'service'),
    ),
  ],
  [
    'aws:PrincipalServiceName is not the caller’s',
    is('aws:principalservicename', ({ principal }) => principal.service),
  ],
  [
    'aws:PrincipalTag of a caller that has no tags',
    ({ principal, values }) =>
      !isNameless(principal) ||
      ![...values].some(([key, value]) => key.startsWith('aws:principaltag/') && value !== undefined),
  ],
  [
    'aws:ResourceAccount is not the account in the resource’s ARN',
    ({ resource, values }) => {
      const account = accountOf(resource)
      const value = values.get('aws:resourceaccount')
      return account === '' || value === undefined || value === account
    },
  ],
  [
    'aws:SourceAccount is not the account in aws:SourceArn',
    ({ values }) => {
      const arn = values.get('aws:sourcearn')
      const account = typeof arn === 'string' ? accountOf(arn) : ''
      const value = values.get('aws:sourceaccount')
      return account === '' || value === undefined || value === account
    },
  ],
  [
    'aws:SourceIp together with a VPC endpoint',
    (draft) =>
      !(
        present(draft, 'aws:sourceip') &&
        ['aws:sourcevpc', 'aws:sourcevpce', 'aws:vpcsourceip'].some((key) => present(draft, key))
      ),
  ],
  [
    'aws:SourceVpc without aws:SourceVpce, or the reverse',
    (draft) => {
      const { values } = draft
      return (
        !values.has('aws:sourcevpc') ||
        !values.has('aws:sourcevpce') ||
        present(draft, 'aws:sourcevpc') === present(draft, 'aws:sourcevpce')
      )
    },
  ],
  ['aws:CalledVia does not fit aws:ViaAWSService, aws:CalledViaFirst or aws:CalledViaLast', calledVia],
  [
    'aws:TagKeys lacks a tag of aws:RequestTag',
    ({ values }) => {
      if (!values.has('aws:tagkeys')) return true
      const keys = new Set([values.get('aws:tagkeys') ?? []].flat().map((key) => key.toLowerCase()))
      return [...values].every(
        ([key, value]) =>
          !key.startsWith('aws:requesttag/') || value === undefined || keys.has(key.slice('aws:requesttag/'.length)),
      )
    },
  ],
  [
    'aws:MultiFactorAuthAge without MFA',
    (draft) =>
      !present(draft, 'aws:multifactorauthage') ||
      !draft.values.has('aws:multifactorauthpresent') ||
      draft.values.get('aws:multifactorauthpresent') === 'true',
  ],
]

function calledVia({ values }: Draft): boolean {
  const first = values.get('aws:calledviafirst')
  const last = values.get('aws:calledvialast')
  const chain = values.get('aws:calledvia')
  const list = chain === undefined ? [] : [chain].flat()
  if (values.has('aws:calledvia')) {
    if (values.has('aws:calledviafirst') && first !== list[0]) return false
    if (values.has('aws:calledvialast') && last !== list.at(-1)) return false
  }
  const known = ['aws:calledvia', 'aws:calledviafirst', 'aws:calledvialast'].filter((key) => values.has(key))
  const via = values.get('aws:viaawsservice')
  return via === undefined || known.every((key) => (values.get(key) !== undefined) === (via === 'true'))
}

/** Empty where the ARN names none. */
function accountOf(arn: string): string {
  const account = arn.startsWith('arn:') ? (arn.split(':', 5)[4] ?? '') : ''
  return /^\d{12}$/.test(account) ? account : ''
}
