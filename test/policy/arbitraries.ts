/** Random requests and policies from a universe so small that statements often match, and often nearly. */
import * as fc from 'fast-check'
import type { AuthorizationRequest, ContextValues, Grammar, Principal } from '../../src/policy/types.ts'
import type { Doc, Sources } from './naive.ts'

const A = '111122223333'
const B = '444455556666'
const pick = <T>(...values: T[]) => fc.constantFrom(...values)
const some = <T>(arbitrary: fc.Arbitrary<T>, most = 3) => fc.array(arbitrary, { minLength: 1, maxLength: most })
/** Present in every second case. */
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 })

const principals: Principal[] = [
  { kind: 'root', account: A, arn: `arn:aws:iam::${A}:root`, principalArn: `arn:aws:iam::${A}:root` },
  {
    kind: 'user',
    account: A,
    arn: `arn:aws:iam::${A}:user/ann`,
    principalArn: `arn:aws:iam::${A}:user/ann`,
    entityId: 'AIDAANN',
  },
  {
    kind: 'role-session',
    account: A,
    arn: `arn:aws:sts::${A}:assumed-role/R/s`,
    principalArn: `arn:aws:iam::${A}:role/path/R`,
    entityId: 'AROAR',
  },
  {
    kind: 'role-session',
    account: A,
    arn: `arn:aws:sts::${A}:assumed-role/SLR/s`,
    principalArn: `arn:aws:iam::${A}:role/aws-service-role/x/SLR`,
    serviceLinked: true,
  },
  {
    kind: 'federated-user',
    account: A,
    arn: `arn:aws:sts::${A}:federated-user/fay`,
    principalArn: `arn:aws:sts::${A}:federated-user/fay`,
    parentArn: `arn:aws:iam::${A}:user/ann`,
  },
  { kind: 'service', account: '', arn: '', principalArn: '', service: 'logs.amazonaws.com' },
  { kind: 'anonymous', account: '', arn: '', principalArn: '' },
]

const actions = ['s3:GetObject', 's3:PutObject', 's3:ListBucket', 'sts:AssumeRole']
const actionPatterns = ['*', 's3:*', 'S3:getobject', 's3:?etObject', 's3:*Object', 's3:*t*t*', 's3:ListBucket', 'sts:*']
const resources = [
  '*',
  'arn:aws:s3:::b/ann/x',
  'arn:aws:s3:::b/a*n\n',
  'arn:aws:s3:::c',
  'arn:aws:sns:us-east-1:111122223333:t:1:2',
]
const resourcePatterns = [
  '*',
  '**',
  'arn:aws:s3:::*',
  'arn:aws:s3:::b/*',
  'arn:aws:s3:::b/${aws:username}/*',
  "arn:aws:s3:::b/${aws:PrincipalTag/t, 'ann'}/?",
  'arn:aws:s3:::${aws:TagKeys}',
  'arn:aws:s3:::b/a${*}n*',
  'arn:aws:s3:::?',
  'arn:*:s*:*:*:*x',
  'arn:aws:sns:*:2',
  'arn:aws:sns:*:${aws:PrincipalAccount}:t:*',
  'arn:aws:s3:::b/a*n*x',
  'arn:aws:s*',
  'arn:aws:s3',
]

const contexts = fc.record(
  {
    'aws:username': pick('ann', 'bob', '*', ''),
    'aws:principaltag/t': pick('ann', 'a?n', '*'),
    'aws:principalaccount': pick(A),
    'aws:tagkeys': pick<string | string[]>([], [''], ['x'], ['x', 'y'], ['y', 'Ann'], 'x'),
    'aws:sourceip': pick('10.0.0.1', '10.0.1.255', '2001:db8::1', 'no address'),
    'aws:currenttime': pick('2024-01-01T00:00:00Z', '2026-02-28T12:00:00+02:00', '1704067200'),
    'aws:multifactorauthage': pick('0', '300', '-1.5', 'old'),
    'aws:securetransport': pick('true', 'false', 'TRUE', 'yes'),
    'aws:sourcearn': pick('arn:aws:sns:us-east-1:111122223333:t:1:2', 'arn:aws:s3:::b', 'no arn'),
    'x:bytes': pick('QUJD', 'QUJE'),
    'aws:requestedregion': pick('us-east-1'),
    'aws:federatedprovider': pick('accounts.google.com'),
  },
  { requiredKeys: [] },
)

const texts = pick(
  'ann',
  'Ann',
  'x',
  'y',
  'a*',
  '?nn',
  '*',
  '',
  '${aws:username}',
  "${aws:gone, 'x'}",
  '${aws:gone}',
  '${*}',
  'a${?}n',
)
const operands: [operators: string[], keys: string[], values: fc.Arbitrary<string>][] = [
  [
    [
      'StringEquals',
      'StringNotEquals',
      'StringEqualsIgnoreCase',
      'StringNotEqualsIgnoreCase',
      'StringLike',
      'StringNotLike',
    ],
    ['aws:username', 'aws:TagKeys', 'aws:PrincipalTag/T'],
    texts,
  ],
  [
    [
      'NumericEquals',
      'NumericNotEquals',
      'NumericLessThan',
      'NumericLessThanEquals',
      'NumericGreaterThan',
      'NumericGreaterThanEquals',
    ],
    ['aws:MultiFactorAuthAge'],
    pick('0', '300', '299.5', '-1.50', 'many'),
  ],
  [
    ['DateEquals', 'DateNotEquals', 'DateLessThan', 'DateLessThanEquals', 'DateGreaterThan', 'DateGreaterThanEquals'],
    ['aws:CurrentTime'],
    pick('2024', '2024-01', '2026-02-28', '2026-02-28T10:00Z', '2026-02-28T10:00:00.000Z', '1704067200'),
  ],
  [['Bool'], ['aws:SecureTransport'], pick('true', 'false', 'True', 'yes')],
  [['BinaryEquals'], ['x:bytes'], pick('QUJD', 'QUJF')],
  [
    ['IpAddress', 'NotIpAddress'],
    ['aws:SourceIp'],
    pick('10.0.0.0/23', '10.0.0.1', '10.0.0.0/31', '0.0.0.0/0', '2001:db8::/32', '2001:db8:0:0:0:0:0:1', 'home'),
  ],
  [
    ['ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike'],
    ['aws:SourceArn'],
    pick(
      'arn:aws:sns:*:*:t:*',
      'arn:aws:sns:*:2',
      'arn:aws:s3:::?',
      '*',
      'arn:*:*:*:${aws:PrincipalAccount}:*',
      'arn:aws:s3',
    ),
  ],
]

const condition = fc.oneof(
  ...operands.map(([operators, keys, values]) =>
    fc.record({
      operator: fc
        .tuple(pick('', '', 'ForAllValues:', 'ForAnyValue:'), pick(...operators), pick('', '', 'IfExists'))
        .map((parts) => parts.join('')),
      key: pick(...keys),
      values: fc.array(values, { maxLength: 2 }),
    }),
  ),
  fc.record({
    operator: pick('Null'),
    key: pick('aws:username', 'aws:TagKeys'),
    values: some(pick('true', 'false'), 1),
  }),
)

const awsNames = pick(
  '*',
  A,
  B,
  `arn:aws:iam::${A}:root`,
  ...principals
    .flatMap(({ arn, principalArn, entityId }) => [arn, principalArn, entityId ?? arn])
    .filter((name) => name && !name.endsWith(':root')),
)
const principalElement = fc.oneof(
  { weight: 1, arbitrary: pick<unknown>('*') },
  { weight: 3, arbitrary: fc.record({ AWS: some(awsNames) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      Service: some(pick('logs.amazonaws.com', 'logs.us-east-1.amazonaws.com', 's3.amazonaws.com')),
    }),
  },
  { weight: 1, arbitrary: fc.record({ Federated: some(pick('accounts.google.com', 'www.amazon.com')) }) },
)

/** A random document of a grammar. */
export function documents(grammar: Grammar, most = 3): fc.Arbitrary<Doc> {
  const statement = fc
    .record({
      Effect: pick('Allow', 'Allow', 'Allow', 'Allow', 'Allow', 'Deny'),
      not: fc.record({
        action: pick(false, false, false, true),
        resource: pick(false, false, true),
        principal: pick(false, false, true),
      }),
      actions: some(pick(...actionPatterns)),
      // IAM takes no `**`; services' own policies may.
      resources: some(pick(...resourcePatterns.filter((pattern) => grammar !== 'identity' || pattern !== '**'))),
      principal: principalElement,
      conditions: fc.array(condition, { maxLength: 2 }),
    })
    .map(({ Effect, not, actions, resources, principal, conditions }) => {
      const block: Record<string, Record<string, string[]>> = {}
      for (const { operator, key, values } of conditions) (block[operator] ??= {})[key] = values
      const named = grammar === 'resource' || grammar === 'endpoint'
      return {
        Effect,
        [not.action && grammar !== 'trust' ? 'NotAction' : 'Action']:
          grammar === 'trust' ? ['sts:AssumeRole'] : actions,
        ...(grammar !== 'trust' && { [not.resource ? 'NotResource' : 'Resource']: resources }),
        ...(grammar === 'trust' && { Principal: principal }),
        ...(named && { [not.principal ? 'NotPrincipal' : 'Principal']: principal }),
        ...(grammar === 'rcp' && { Principal: '*' }),
        ...(conditions.length > 0 && { Condition: block }),
      }
    })
  const version = grammar === 'identity' ? pick('2012-10-17') : pick('2012-10-17', '2012-10-17', '2008-10-17')
  const statements = fc.array(statement, { minLength: 1, maxLength: most })
  // Every second document of several statements allows all, lest everything were denied by something.
  return fc
    .record({ Version: version, open: most === 1 ? fc.constant(false) : fc.boolean(), statements })
    .map(({ Version, open, statements }) => ({
      Version,
      Statement: open ? [...statements, allowAll(grammar)] : statements,
    }))
}

function allowAll(grammar: Grammar): Record<string, unknown> {
  if (grammar === 'trust') return { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: A } }
  const named =
    grammar === 'endpoint' || grammar === 'rcp'
      ? { Principal: '*' }
      : grammar === 'resource' && { Principal: { AWS: A } }
  return { Effect: 'Allow', Action: '*', Resource: '*', ...named }
}

export const sourcesArbitrary: fc.Arbitrary<Sources> = fc
  .record({
    identity: fc.array(documents('identity'), { maxLength: 2 }),
    boundary: maybe(documents('identity')),
    session: maybe(fc.array(documents('identity'), { maxLength: 2 })),
    resource: maybe(fc.oneof(documents('resource'), documents('trust'))),
    resourceRequired: fc.boolean(),
    endpoint: maybe(documents('endpoint')),
    scp: maybe(fc.array(fc.array(documents('scp'), { maxLength: 2 }), { maxLength: 2 })),
    rcp: maybe(fc.array(fc.array(documents('rcp'), { maxLength: 2 }), { maxLength: 2 })),
  })
  .map((sources) => {
    const trust = isTrust(sources.resource)
    const present = Object.fromEntries(Object.entries(sources).filter(([, value]) => value !== undefined))
    return { ...(present as unknown as Sources), resourceType: trust ? 'trust' : 'resource' }
  })

function isTrust(doc: Doc | undefined): boolean {
  const [first] = [doc?.Statement ?? []].flat()
  return first !== undefined && !('Resource' in first) && !('NotResource' in first)
}

export const requests: fc.Arbitrary<AuthorizationRequest & { values: ContextValues }> = fc
  .record({
    principal: pick(...principals, ...principals.slice(0, 5), ...principals.slice(0, 3)),
    action: pick(...actions),
    resource: pick(...resources),
    resourceAccount: pick(A, A, B),
    values: contexts,
  })
  .map((request) => ({ ...request, context: (key) => (request.values as ContextValues)[key] }))
