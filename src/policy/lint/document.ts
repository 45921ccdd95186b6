/** The document as a whole, and what every statement must have. */
import type { Json } from '../json.ts'
import { policySize } from '../parse.ts'
import type { PolicyType } from '../types.ts'
import type { Code } from './catalogue.ts'
import type { DocumentCheck, StatementCheck } from './report.ts'

export const documentChecks: readonly DocumentCheck[] = [version, size, sids, redundantStatements, allowsNothing]

export const elementChecks: readonly StatementCheck[] = [missingElements, emptyLists]

function version({ policy, report }: Parameters<DocumentCheck>[0]): void {
  if (policy.version === undefined) report('MISSING_VERSION', [], {})
}

interface Quota {
  readonly code: Code
  readonly most: number
  /** IAM does not count white space; the others do. */
  readonly spaces: boolean
}

/** IAM User Guide, "IAM and AWS STS quotas"; AWS Organizations User Guide, "Quotas"; VPC, "Endpoint policies". */
const quotas: Readonly<Record<PolicyType, Quota>> = {
  identity: { code: 'POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA', most: 6144, spaces: false },
  boundary: { code: 'POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA', most: 6144, spaces: false },
  session: { code: 'POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA', most: 2048, spaces: true },
  trust: { code: 'POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA', most: 2048, spaces: false },
  resource: { code: 'POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA', most: 20_480, spaces: true },
  endpoint: { code: 'POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA', most: 20_480, spaces: true },
  scp: { code: 'POLICY_SIZE_EXCEEDS_SCP_QUOTA', most: 5120, spaces: true },
  rcp: { code: 'POLICY_SIZE_EXCEEDS_RCP_QUOTA', most: 5120, spaces: true },
}

/** Key policies may have more. */
const KEY_POLICY_SIZE = 32_768

function size({ policy, report }: Parameters<DocumentCheck>[0]): void {
  const { code, most, spaces } = quotas[policy.type]
  const isKeyPolicy =
    policy.type === 'resource' &&
    policy.statements.every(({ actions }) => actions?.items.every(({ text }) => /^\s*kms:/i.test(text)))
  const quota = isKeyPolicy ? KEY_POLICY_SIZE : most
  const length = spaces ? policy.text.length : policySize(policy.text)
  if (length > quota) report(code as 'POLICY_SIZE_EXCEEDS_SCP_QUOTA', [], { size: length, quota })
}

/** Policies that IAM and Organizations hold to their rules about Sids; the services are not so strict with theirs. */
const strict: ReadonlySet<PolicyType> = new Set<PolicyType>(['identity', 'boundary', 'session', 'trust', 'scp', 'rcp'])

function sids({ policy, report }: Parameters<DocumentCheck>[0]): void {
  const seen = new Set<string>()
  for (const { sid } of policy.statements) {
    if (!sid) continue
    if (sid.text === '') report('EMPTY_SID_VALUE', sid.path, {})
    else if (seen.has(sid.text))
      report(strict.has(policy.type) ? 'UNIQUE_SIDS_REQUIRED' : 'UNIQUE_SIDS_RECOMMENDED', sid.path, {})
    if (strict.has(policy.type) && /[^a-zA-Z0-9]/.test(sid.text)) {
      const suggestion = sid.text.replace(/[^a-zA-Z0-9]/g, '')
      report('UNSUPPORTED_SID', sid.path, {}, { suggestion })
    }
    seen.add(sid.text)
  }
}

function redundantStatements({ policy, report }: Parameters<DocumentCheck>[0]): void {
  const seen = new Set<string>()
  for (const { json, path } of policy.statements) {
    const { Sid: _sid, ...meaning } = json
    const text = JSON.stringify(normalized(meaning))
    if (seen.has(text)) report('REDUNDANT_STATEMENT', path, {})
    seen.add(text)
  }
}

/** Order and the form of lone values do not matter. */
function normalized(json: Json): Json {
  if (Array.isArray(json)) {
    const list = json.map(normalized)
    return list.length === 1 ? list[0]! : list.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  }
  if (json === null || typeof json !== 'object') return json
  return Object.entries(json)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => [key, { is: normalized(value) }])
}

function allowsNothing({ policy, report }: Parameters<DocumentCheck>[0]): void {
  const { type, statements } = policy
  if (type === 'endpoint' && statements.length > 0 && statements.every(({ effect }) => effect === 'Deny'))
    report('ENDPOINT_POLICY_ALLOWS_NOTHING', ['Statement'], {})
}

function missingElements(
  { json, path }: Parameters<StatementCheck>[0],
  { policy, report }: Parameters<StatementCheck>[1],
): void {
  const has = (element: string) => json[element] !== undefined || json[`Not${element}`] !== undefined
  const { type } = policy
  if (!has('Action')) report('MISSING_ACTION', path, {})
  if (!has('Resource') && type !== 'trust') report('MISSING_RESOURCE', path, {})
  const named = type === 'resource' || type === 'trust' || type === 'endpoint' || type === 'rcp'
  if (named && !has('Principal')) report('MISSING_PRINCIPAL', path, {})
}

function emptyLists(
  { actions, resources }: Parameters<StatementCheck>[0],
  { report }: Parameters<StatementCheck>[1],
): void {
  if (actions?.items.length === 0) report('EMPTY_ARRAY_ACTION', actions.path, {})
  if (resources?.items.length === 0) report('EMPTY_ARRAY_RESOURCE', resources.path, {})
}
