import type { PolicyDocument, StatementDocument } from '../../policy/document.ts'

export interface PublicAccessBlock {
  BlockPublicAcls: boolean
  IgnorePublicAcls: boolean
  BlockPublicPolicy: boolean
  RestrictPublicBuckets: boolean
}

/** What every new bucket has since April 2023. */
export const allBlocked: PublicAccessBlock = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
}

/**
 * Condition keys that make a grant to everyone non-public when they are held to fixed values
 * (S3 User Guide, "Blocking public access to your Amazon S3 storage", "The meaning of «public»").
 */
const fixing = new Set([
  'aws:sourceip',
  'aws:sourcearn',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:sourceowner',
  'aws:sourceaccount',
  'aws:userid',
  'aws:principalarn',
  'aws:principalaccount',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:sourceorgid',
  'aws:sourceorgpaths',
  's3:x-amz-server-side-encryption-aws-kms-key-id',
  's3:dataaccesspointaccount',
  's3:dataaccesspointarn',
])

const positive = /^(?:stringequals|stringequalsignorecase|stringlike|arnequals|arnlike|ipaddress)$/i

/** True when some statement allows something to everyone, unconditionally or under conditions that fix nothing. */
export function isPublicPolicy(document: PolicyDocument): boolean {
  return document.Statement.some(
    (statement) => statement.Effect === 'Allow' && everyone(statement) && !fixed(statement),
  )
}

function everyone({ Principal, NotPrincipal }: StatementDocument): boolean {
  if (NotPrincipal !== undefined) return true
  return Principal === '*' || (Principal?.AWS?.includes('*') ?? false)
}

function fixed({ Condition = {} }: StatementDocument): boolean {
  return Object.entries(Condition).some(
    ([operator, keys]) =>
      positive.test(operator) &&
      Object.entries(keys).some(
        ([key, values]) => fixing.has(key.toLowerCase()) && values.every((value) => isFixed(key, value)),
      ),
  )
}

/** No wildcard and no variable; of an address range, not all of the internet (inferred: AWS's own limit is /8 for IPv4, /32 for IPv6). */
function isFixed(key: string, value: string): boolean {
  if (key.toLowerCase() !== 'aws:sourceip') return !/[*?]|\$\{/.test(value)
  const bits = Number(value.split('/')[1] ?? 32)
  return bits >= (value.includes(':') ? 32 : 8)
}
