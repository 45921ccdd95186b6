import type { Store } from '../../store/store.ts'
import { ACCESS_KEYS, type AccessKey, kindOf, type User } from './entities.ts'
import { keyUse } from './last-used.ts'
import { findLoginProfile } from './login-profiles.ts'
import { accountDevices } from './mfa-devices.ts'
import { ROOT } from './owner.ts'
import { findPasswordPolicy } from './password-policy.ts'
import { signingCertificatesOf } from './signing-certificates.ts'

/** Columns of the report, in AWS's order: 22, although its guide describes one more that AWS does not give. */
const COLUMNS = [
  'user',
  'arn',
  'user_creation_time',
  'password_enabled',
  'password_last_used',
  'password_last_changed',
  'password_next_rotation',
  'mfa_active',
  ...keyColumns(1),
  ...keyColumns(2),
  'cert_1_active',
  'cert_1_last_rotated',
  'cert_2_active',
  'cert_2_last_rotated',
]

function keyColumns(number: 1 | 2): string[] {
  const names = ['active', 'last_rotated', 'last_used_date', 'last_used_region', 'last_used_service']
  return names.map((name) => `access_key_${number}_${name}`)
}

/** The account's root user first, then its users by name; lines end in LF, but for the last. */
export function credentialReport(store: Store, account: string): string {
  const users = store.list<User>(kindOf('user'), { prefix: `${account}/` }).map(({ value }) => value)
  const mfa = new Set(accountDevices(store, account).map(({ userId }) => userId))
  const rows = [rootRow(store, account, users, mfa), ...users.map((user) => userRow(store, user, mfa))]
  return [COLUMNS, ...rows].map((row) => row.map(cell).join(',')).join('\n')
}

/** Names and paths may hold commas, paths quotation marks as well (RFC 4180). */
function cell(text: string): string {
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Owners of MFA devices that are enabled. */
type Mfa = ReadonlySet<string | undefined>

function userRow(store: Store, user: User, mfa: Mfa): string[] {
  const keys = user.accessKeys.flatMap((id) => store.get<AccessKey>(ACCESS_KEYS, id) ?? [])
  const owner = { account: user.account, id: user.id }
  const { name, arn, createDate } = user
  return [name, arn, date(createDate), ...password(store, owner), ...credentials(store, owner, keys, mfa)]
}

function rootRow(store: Store, account: string, users: readonly User[], mfa: Mfa): string[] {
  const keys = store
    .list<AccessKey>(ACCESS_KEYS)
    .map(({ value }) => value)
    .filter((key) => key.account === account && key.userName === undefined)
  // inferred: when an account was made is not kept; the oldest thing in it is as old as it.
  const created = Math.min(...[...keys, ...users].map(({ createDate }) => createDate))
  const owner = { account, id: ROOT }
  const [enabled = '', used = '', changed = ''] = password(store, owner)
  return [
    '<root_account>',
    `arn:aws:iam::${account}:root`,
    Number.isFinite(created) ? date(created) : 'N/A',
    enabled,
    used,
    changed,
    'not_supported',
    ...credentials(store, owner, keys, mfa),
  ]
}

interface Owner {
  readonly account: string
  /** Unique id; `root` for the root user. */
  readonly id: string
}

/** Enabled, last used, last changed, next rotation. Nobody signs in to a console here, so none was ever used. */
function password(store: Store, owner: Owner): string[] {
  const profile = findLoginProfile(store, owner)
  if (!profile) return ['false', 'N/A', 'N/A', 'N/A']
  const { maxAgeDays } = findPasswordPolicy(store, owner.account) ?? {}
  const next = maxAgeDays === undefined ? 'N/A' : date(profile.changeDate + maxAgeDays * 86_400)
  return ['true', 'no_information', date(profile.changeDate), next]
}

/** MFA, two access keys by their ids, and two signing certificates, of which the inactive come first: so has AWS them. */
function credentials(store: Store, owner: Owner, keys: readonly AccessKey[], mfa: Mfa): string[] {
  const [key1, key2] = keys.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const certificates = signingCertificatesOf(store, owner)
    .map((one) => [String(one.status === 'Active'), date(one.uploadDate)] as const)
    .toSorted(([a], [b]) => (a === b ? 0 : a === 'false' ? -1 : 1))
  const [certificate1, certificate2] = certificates
  return [
    String(mfa.has(owner.id)),
    ...keyCells(store, key1),
    ...keyCells(store, key2),
    ...(certificate1 ?? ['false', 'N/A']),
    ...(certificate2 ?? ['false', 'N/A']),
  ]
}

function keyCells(store: Store, key: AccessKey | undefined): string[] {
  if (!key) return ['false', 'N/A', 'N/A', 'N/A', 'N/A']
  const use = keyUse(store, key.id)
  return [
    String(key.status === 'Active'),
    date(key.createDate),
    ...(use ? [date(use.time), use.region, use.service] : ['N/A', 'N/A', 'N/A']),
  ]
}

/** Epoch seconds as `2026-09-11T13:14:52Z`. */
function date(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
}
