/**
 * Random worlds: a caller, the policies around it, and requests that were made from those policies, so that they often
 * match and often miss by a hair. Patterns come from the names that are asked about and names from the patterns; among
 * them are those that break matchers: stars in a row, stars that have to be tried again, newlines, colons within variables,
 * texts beyond ASCII, thousands of characters, keys that every object has.
 */
import type { ContextValues, Grammar, PolicyType, Principal } from '../../src/policy/types.ts'
import type { Doc, Sources } from './naive.ts'
import type { Random } from './random.ts'

/** A request as data; `context` is made of `values`. */
export interface Asked {
  principal: Principal
  action: string
  resource: string
  resourceAccount: string
  values: ContextValues
}

export interface World {
  sources: Sources
  asked: Asked[]
}

/** A function and not the object itself: `constructor` is a key that every object has. */
export function contextOf(values: ContextValues) {
  return (key: string) => (Object.hasOwn(values, key) ? values[key] : undefined)
}

export const grammarOf: Readonly<Record<PolicyType, Grammar>> = {
  identity: 'identity',
  boundary: 'identity',
  session: 'identity',
  resource: 'resource',
  trust: 'trust',
  endpoint: 'endpoint',
  scp: 'scp',
  rcp: 'rcp',
}

const OWN = '111122223333'
const OTHER = '444455556666'

const CANONICAL = '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be'

const callers: readonly Principal[] = [
  { kind: 'root', account: OWN, arn: `arn:aws:iam::${OWN}:root`, principalArn: `arn:aws:iam::${OWN}:root` },
  {
    kind: 'user',
    account: OWN,
    arn: `arn:aws:iam::${OWN}:user/ann`,
    principalArn: `arn:aws:iam::${OWN}:user/ann`,
    entityId: 'AIDAANN',
    canonicalId: CANONICAL,
  },
  {
    kind: 'role-session',
    account: OWN,
    arn: `arn:aws:sts::${OWN}:assumed-role/R/s`,
    principalArn: `arn:aws:iam::${OWN}:role/path/R`,
    entityId: 'AROAR',
  },
  {
    kind: 'role-session',
    account: OWN,
    arn: `arn:aws:sts::${OWN}:assumed-role/SLR/s`,
    principalArn: `arn:aws:iam::${OWN}:role/aws-service-role/x.amazonaws.com/SLR`,
    entityId: 'AROASLR',
    serviceLinked: true,
  },
  {
    kind: 'federated-user',
    account: OWN,
    arn: `arn:aws:sts::${OWN}:federated-user/fay`,
    principalArn: `arn:aws:sts::${OWN}:federated-user/fay`,
    parentArn: `arn:aws:iam::${OWN}:user/ann`,
  },
  {
    kind: 'federated-user',
    account: OWN,
    arn: `arn:aws:sts::${OWN}:federated-user/rooted`,
    principalArn: `arn:aws:sts::${OWN}:federated-user/rooted`,
    parentArn: `arn:aws:iam::${OWN}:root`,
  },
  { kind: 'service', account: '', arn: '', principalArn: '', service: 'logs.amazonaws.com' },
  { kind: 'anonymous', account: '', arn: '', principalArn: '' },
  {
    kind: 'role-session',
    account: OWN,
    arn: `arn:aws-cn:sts::${OWN}:assumed-role/R/s`,
    principalArn: `arn:aws-cn:iam::${OWN}:role/R`,
    entityId: 'AROACN',
  },
]

const awsNames = [
  '*',
  OWN,
  OTHER,
  `arn:aws:iam::${OWN}:root`,
  `arn:aws-cn:iam::${OWN}:root`,
  `arn:aws:iam::${OTHER}:root`,
  `arn:aws:iam::${OWN}:user/Ann`,
  `arn:aws:iam::${OWN}:role/R`,
  `arn:aws:sts::${OWN}:assumed-role/R/other`,
  ...callers.flatMap(({ arn, principalArn, entityId }) => [arn, principalArn, entityId ?? '']).filter(Boolean),
]
const serviceNames = [
  'logs.amazonaws.com',
  'logs.us-east-1.amazonaws.com',
  'logs.eu-west-1.amazonaws.com',
  's3.amazonaws.com',
]
const providers = ['accounts.google.com', 'www.amazon.com', `arn:aws:iam::${OWN}:saml-provider/idp`]

const actions = [
  's3:GetObject',
  's3:PutObject',
  's3:ListBucket',
  'S3:getobject',
  'iam:PassRole',
  'kms:Decrypt',
  'ec2:DescribeVpcs',
  'elastic-inference:Connect',
]
const resources = [
  '*',
  'arn:aws:s3:::b',
  'arn:aws:s3:::b/ann/x',
  'arn:aws:s3:::b/a*n\n',
  'arn:aws:s3:::bb/aab/aaab/aaaab',
  'arn:aws:s3:::b/\u00fc/\u4e2d\ud83d\ude00',
  'arn:aws:sns:us-east-1:111122223333:t:1:2',
  'arn:aws-cn:s3:::b/ann',
  `arn:aws:iam::${OWN}:role/path/R`,
  'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  'arn:aws:logs:us-east-1:111122223333:log-group:/aws/sagemaker/TrainingJobs:log-stream:job/algo-1',
  'arn:aws:s3:::${aws:username}/$',
  'no arn',
  '',
  'arn:aws:s3',
  'ARN:aws:s3:::b',
]

interface Key {
  /** As policies write it. */
  key: string
  operators: readonly string[]
  values: readonly (string | readonly string[])[]
}

const stringOperators = [
  'StringEquals',
  'StringNotEquals',
  'StringEqualsIgnoreCase',
  'StringNotEqualsIgnoreCase',
  'StringLike',
  'StringNotLike',
]
const comparisons = ['Equals', 'NotEquals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals']
const numberOperators = comparisons.map((name) => `Numeric${name}`)
const dateOperators = comparisons.map((name) => `Date${name}`)
const arnOperators = ['ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike']

const keys: readonly Key[] = [
  {
    key: 'aws:username',
    operators: stringOperators,
    values: ['ann', 'Ann', 'ANN', 'a*n', '', 'stra\u00dfe', '\u039f\u03a3', 'x\ny'],
  },
  { key: 'aws:PrincipalTag/T', operators: stringOperators, values: ['ann', 'a?n', '*', 'aab', 'b/c', 'a:b:c'] },
  { key: 'aws:TagKeys', operators: stringOperators, values: [[], [''], ['x'], ['x', 'y'], ['y', 'Ann', ''], 'x'] },
  { key: 'aws:CalledVia', operators: stringOperators, values: [[], ['a.amazonaws.com', 'b.amazonaws.com'], ['', '']] },
  { key: 'aws:PrincipalAccount', operators: stringOperators, values: [OWN, OTHER] },
  { key: 'aws:RequestedRegion', operators: stringOperators, values: ['us-east-1', 'eu-west-1', ['us-east-1']] },
  { key: 'aws:FederatedProvider', operators: stringOperators, values: [...providers, ['accounts.google.com']] },
  { key: 'constructor', operators: stringOperators, values: ['x', 'ann'] },
  { key: 'kms:EncryptionContext:\u00e4', operators: stringOperators, values: ['\u00c4', '\u00e4', '\ud83d\ude00'] },
  { key: 'kms:EncryptionContext:dept', operators: stringOperators, values: ['a', 'b', ''] },
  { key: 'kms:EncryptionContextKeys', operators: stringOperators, values: [[], ['dept'], ['dept', 'x'], ['x']] },
  {
    key: 'aws:MultiFactorAuthAge',
    operators: numberOperators,
    values: [
      '0',
      '-0',
      '300',
      '300.0',
      '+299.99',
      '-1.5',
      '1e3',
      '3E+2',
      '.5e-1',
      '1.',
      '01',
      ' 1',
      '0x10',
      '9007199254740993',
      '1'.repeat(400),
      '',
    ],
  },
  {
    key: 'aws:CurrentTime',
    operators: dateOperators,
    values: [
      '2024-01-01T00:00:00Z',
      '2024-01-01T00:00:00.123456789Z',
      '2026-02-28T12:00:00+02:00',
      '2024-02-30',
      '2023-02-29T00:00Z',
      '2024-02-29T23:59:59.999Z',
      '0001-01-01',
      '1704067200',
      '1704067200.123',
      '2024',
      '999',
      '+5',
      '+1704067200.5',
      '2024-01-01T00:00:00+25:00',
      '2024-01-01 00:00:00',
      'today',
    ],
  },
  { key: 'aws:SecureTransport', operators: ['Bool'], values: ['true', 'false', 'TRUE', 'yes', ''] },
  { key: 'x:bytes', operators: ['BinaryEquals'], values: ['QUJD', 'QUI=', 'QUI', '', 'Q*'] },
  {
    key: 'aws:SourceIp',
    operators: ['IpAddress', 'NotIpAddress'],
    values: [
      '10.0.0.1',
      '10.0.1.255',
      '255.255.255.255',
      '2001:db8::1',
      '::',
      '::ffff:10.0.0.1',
      '2001:DB8:0:0:0:0:0:1',
      '10.0.0',
      '010.0.0.1',
      '::10.0.0.1',
      '1:2:3:4:5:6:7:8:',
      ':2:3:4:5:6:7:8',
      '2001:db8:::1',
      '1.2.3.4.5',
      ':::',
      '2001:db8::1::',
      'no address',
    ],
  },
  {
    key: 'aws:SourceArn',
    operators: [...arnOperators, 'StringLike'],
    values: [...resources.filter((name) => name.startsWith('arn:')), 'no arn', '', 'arn:aws:s3'],
  },
]

const asContextsHaveThem = keys.map(({ key, values }) => ({ key: key.toLowerCase(), values }))

const cidrs = [
  '10.0.0.0/23',
  '10.0.0.0/31',
  '0.0.0.0/0',
  '2001:db8::/32',
  '::/0',
  '10.0.0.0/33',
  '10.0.0.9/+24',
  '10.0.0.0/024',
  '2001:db8::1/64',
  '::ffff:10.0.0.0/104',
  '::ffff:0:0/96',
  '10.0.0.0/',
  '/8',
  '::/128',
]
const dates = [
  '2024',
  '2024-01',
  '2024-01-01',
  '2024-02-29',
  '0099-12-31',
  '1950',
  '2026-02-28T10:00Z',
  '2026-02-28T10:00:00.000Z',
  '1704067200',
]
const variables = [
  '${aws:username}',
  '${AWS:UserName}',
  '${aws:PrincipalTag/T}',
  '${aws:PrincipalAccount}',
  '${aws:TagKeys}',
  '${aws:gone}',
  "${aws:gone, 'ann'}",
  "${aws:gone, 'a}b'}",
  "${aws:username, 'x'}",
  '${constructor}',
  '${aws:user name}',
  '${aws:username,x}',
  '${${aws:username}}',
  '${}',
  '${*}',
  '${?}',
  '${$}',
  '${',
  '$',
  '}',
  "${'",
]
/** Globs that make a careless matcher try again and again, or go wrong at an end. */
const nasty = [
  '**',
  '*?',
  '?*',
  '*a*a*b',
  '*?*?*?',
  '???',
  '*ab*ab',
  'a*a',
  '*\n',
  '[a-z]*',
  '.*',
  '\\*',
  '*/*/*',
  '*:*',
  '^*$',
]

/** Turns a name into a pattern that may still match it. */
function patternOf(random: Random, name: string): string {
  let pattern = name
  for (let changes = random.below(4); changes > 0; changes--) {
    const at = random.below(pattern.length + 1)
    const length = random.below(Math.max(1, pattern.length - at)) >> random.below(3)
    const middle = random.chance(0.55)
      ? '*'
      : random.chance(0.4)
        ? '?'.repeat(random.chance(0.7) ? length : random.below(3))
        : random.chance(0.6)
          ? random.pick(variables)
          : random.pick(nasty)
    pattern = pattern.slice(0, at) + middle + pattern.slice(at + length)
  }
  return pattern
}

/** Turns a pattern into a name that it may match: by the letter, and now and then not quite. */
function nameFor(random: Random, pattern: string, values: ContextValues): string {
  const filled = pattern
    .replaceAll('${aws:PrincipalAccount}', String(values['aws:principalaccount'] ?? OWN))
    .replace(/\$\{aws:username\}/gi, String(values['aws:username'] ?? 'ann'))
    .replaceAll('*', () => random.pick(['', 'x', 'ab', 'aab', '/', ':', '*', '\n', 'ann/x']))
    .replaceAll('?', () => random.pick(['a', '?', '*', '/', '\u4e2d']))
  return random.chance(0.75) ? filled : nearly(random, filled)
}

/** The same text but for one character. */
function nearly(random: Random, text: string): string {
  const at = random.below(text.length + 1)
  switch (random.below(5)) {
    case 4:
      return random.chance(0.5) ? text.toUpperCase() : text.toLowerCase()
    case 0:
      return text.slice(0, at) + text.slice(at + 1)
    case 1:
      return text.slice(0, at) + random.pick(['x', '*', ':', '/', 'A', '\u0000', '\u00ff', '\u212a']) + text.slice(at)
    case 2:
      return text.slice(0, at) + (text[at] ?? '').toUpperCase() + text.slice(at + 1)
    default:
      return text + text.slice(-1)
  }
}

function latin(text: string): string {
  return text.replace(/[^\t\n\r\x20-\u00ff]/g, '\u00fc')
}

function oneOrList<T>(random: Random, list: T[]): T | T[] {
  return list.length === 1 && random.chance(0.5) ? list[0]! : list
}

function conditionBlock(random: Random): Record<string, Record<string, unknown>> {
  const block: Record<string, Record<string, unknown>> = {}
  for (let left = 1 + random.below(3); left > 0; left--) {
    const { key, operators, values } = random.pick(keys)
    if (random.chance(0.12)) {
      const spelt = random.chance(0.5) ? key : key.toUpperCase()
      ;(block['Null'] ??= {})[spelt] = random.pick<unknown>([
        'true',
        'false',
        true,
        false,
        ['true', 'false'],
        'maybe',
        'TRUE',
      ])
      continue
    }
    const base = random.pick(operators)
    const operator =
      random.pick(['', '', '', 'ForAllValues:', 'ForAnyValue:']) + base + random.pick(['', '', '', 'IfExists'])
    const value = (): unknown => {
      const sample: readonly string[] = [random.pick(values)].flat()
      const text = latin(sample.length > 0 ? random.pick(sample) : 'x')
      if (base.startsWith('Date')) return random.chance(0.5) ? random.pick(dates) : text
      if (base.includes('Ip')) return random.chance(0.6) ? random.pick(cidrs) : text
      if (base.startsWith('Numeric')) return random.chance(0.3) ? random.below(400) : text
      if (base === 'Bool') return random.pick<unknown>([true, false, 'true', 'False', text])
      return random.chance(0.5) ? text : latin(patternOf(random, text))
    }
    ;(block[operator] ??= {})[random.chance(0.8) ? key : key.toLowerCase()] = oneOrList(
      random,
      random.several(random.chance(0.06) ? 0 : 1, 3, value),
    )
  }
  return block
}

function principalElement(random: Random): unknown {
  if (random.chance(0.15)) return '*'
  const names = (from: readonly string[]) =>
    oneOrList(
      random,
      random.several(1, 4, () => random.pick(from)),
    )
  const element: Record<string, unknown> = {}
  if (random.chance(0.85)) element['AWS'] = names(awsNames)
  if (random.chance(0.2)) element['Service'] = names(serviceNames)
  if (random.chance(0.15)) element['Federated'] = names(providers)
  if (random.chance(0.03)) element['CanonicalUser'] = CANONICAL
  return element
}

const trustActions = ['sts:AssumeRole', 'sts:*', 'sts:AssumeRole*', 'STS:assumerole', 'sts:TagSession']

function statement(random: Random, grammar: Grammar, number: number): Record<string, unknown> {
  const made: Record<string, unknown> = {}
  if (random.chance(0.3)) made['Sid'] = `S${number}`
  made['Effect'] = random.chance(0.2) ? 'Deny' : 'Allow'
  if (grammar === 'rcp') made['Principal'] = random.chance(0.5) ? '*' : { AWS: '*' }
  else if (grammar === 'trust') made['Principal'] = principalElement(random)
  else if (grammar === 'resource' || grammar === 'endpoint')
    made[random.chance(0.12) ? 'NotPrincipal' : 'Principal'] = principalElement(random)
  if (grammar === 'trust')
    made['Action'] = oneOrList(
      random,
      random.several(1, 2, () => random.pick(trustActions)),
    )
  else {
    const action = () => {
      if (random.chance(0.2)) return '*'
      const [service, name] = random.pick(actions).split(':')
      const pattern = random.chance(0.4)
        ? name!
        : random.chance(0.5)
          ? '*'
          : latin(patternOf(random, name!)).replaceAll(':', '')
      const written = `${service}:${pattern}`
      return random.chance(0.05) ? ` ${written} ` : random.chance(0.1) ? written.toUpperCase() : written
    }
    made[random.chance(0.1) ? 'NotAction' : 'Action'] = oneOrList(random, random.several(1, 4, action))
    const resource = () => {
      if (random.chance(0.2)) return '*'
      const pattern = latin(patternOf(random, random.pick(resources)))
      // IAM stores only what looks like an ARN; the looser forms come in by other grammars and AWS's own policies.
      return grammar !== 'identity' || /^arn:aws(-cn)?:[^:$]+:[^:]*:[^:]*:/.test(pattern)
        ? pattern || '*'
        : 'arn:aws:s3:::b/*'
    }
    made[random.chance(0.12) ? 'NotResource' : 'Resource'] = oneOrList(random, random.several(1, 4, resource))
  }
  if (random.chance(0.45)) made['Condition'] = conditionBlock(random)
  return made
}

/** A document of a grammar that AWS would mostly store. */
export function randomDocument(random: Random, grammar: Grammar): Doc {
  let number = 0
  const statements = random.several(1, 4, () => statement(random, grammar, number++))
  // Every third document allows all beside, lest everything were denied by something.
  if (random.chance(0.35)) statements.push(allowAll(random, grammar))
  const version = grammar === 'identity' || random.chance(0.75) ? '2012-10-17' : '2008-10-17'
  return {
    ...(grammar === 'identity' || random.chance(0.93) ? { Version: version } : {}),
    Statement: oneOrList(random, statements),
  }
}

function allowAll(random: Random, grammar: Grammar): Record<string, unknown> {
  if (grammar === 'trust') return { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: OWN } }
  const named =
    grammar === 'endpoint' || grammar === 'rcp'
      ? { Principal: '*' }
      : grammar === 'resource' && { Principal: { AWS: random.pick(awsNames) } }
  return { Effect: 'Allow', Action: '*', Resource: '*', ...named }
}

function randomGrant(random: Random): NonNullable<Sources['grants']>[number] {
  const pairs = () =>
    random.pick<Record<string, string>>([{}, { dept: 'a' }, { dept: 'b' }, { dept: 'a', x: '${aws:username}' }])
  return {
    grantee: random.pick([...awsNames.filter((name) => name !== '*' && !name.startsWith('A')), ...serviceNames]),
    operations: random.several(1, 3, () =>
      random.pick(['Decrypt', 'Encrypt', 'DescribeKey', 'RetireGrant', 'CreateGrant']),
    ),
    ...(random.chance(0.6) && {
      constraints: {
        ...(random.chance(0.5) && { encryptionContextEquals: pairs() }),
        ...(random.chance(0.5) && { encryptionContextSubset: pairs() }),
      },
    }),
  }
}

function randomSources(random: Random): Sources {
  const docs = (grammar: Grammar, least: number, most: number) =>
    random.several(least, most, () => randomDocument(random, grammar))
  const levels = (grammar: Grammar) =>
    random.several(random.chance(0.1) ? 0 : 1, 3, () => docs(grammar, random.chance(0.1) ? 0 : 1, 2))
  const trust = random.chance(0.2)
  const sources: Sources = {
    identity: docs('identity', random.chance(0.25) ? 0 : 1, 2),
    resourceType: trust ? 'trust' : 'resource',
  }
  if (random.chance(0.25)) sources.boundary = randomDocument(random, 'identity')
  if (random.chance(0.3)) sources.session = docs('identity', random.chance(0.1) ? 0 : 1, 2)
  if (trust || random.chance(0.5)) sources.resource = randomDocument(random, trust ? 'trust' : 'resource')
  if (random.chance(0.3)) sources.resourceRequired = true
  if (!trust && random.chance(0.15)) sources.grants = random.several(0, 2, () => randomGrant(random))
  if (random.chance(0.2)) sources.endpoint = randomDocument(random, 'endpoint')
  if (random.chance(0.2)) sources.scp = levels('scp')
  if (random.chance(0.15)) sources.rcp = levels('rcp')
  return sources
}

/** Every document of a world. */
export function documentsOf(sources: Sources): Doc[] {
  const { identity, boundary, session, resource, endpoint, scp, rcp } = sources
  return [identity, boundary, session, resource, endpoint, scp, rcp].flat(3).filter((doc) => doc !== undefined)
}

function randomValues(random: Random, caller: Principal): ContextValues {
  const values: Record<string, string | readonly string[]> = {}
  for (const { key, values: samples } of asContextsHaveThem) {
    if (random.chance(0.5)) continue
    const value = random.pick(samples)
    values[key] = typeof value === 'string' && random.chance(0.1) ? nearly(random, value) : value
  }
  if (caller.principalArn && random.chance(0.8)) values['aws:principalarn'] = caller.principalArn
  return values
}

/** A value that satisfies a condition at first glance, so that some requests come through. */
function satisfying(
  random: Random,
  operator: string,
  wanted: unknown,
  values: ContextValues,
): string | string[] | undefined {
  if (operator === 'Null' || operator.includes('Not')) return undefined
  const list = [wanted].flat().map(String)
  if (list.length === 0) return undefined
  const sample = nameFor(random, random.pick(list), values).replace(/\/\d+$/, '')
  return operator.startsWith('For') ? random.several(0, 3, () => sample) : sample
}

/** A request about a statement of the world, or about anything. */
function ask(random: Random, caller: Principal, statements: Record<string, unknown>[]): Asked {
  const values: Record<string, string | readonly string[]> = { ...randomValues(random, caller) }
  let action = random.pick(actions)
  let resource = random.pick(resources)
  if (statements.length > 0 && random.chance(0.85)) {
    const about = random.pick(statements)
    const pick = (element: unknown) => String(random.pick([element].flat()))
    for (const [operator, wantedOf] of Object.entries(
      (about['Condition'] ?? {}) as Record<string, Record<string, unknown>>,
    )) {
      for (const [key, wanted] of Object.entries(wantedOf)) {
        const value = satisfying(random, operator, wanted, values)
        if (value !== undefined && random.chance(0.8)) values[key.toLowerCase()] = value
      }
    }
    if (about['Action']) action = nameFor(random, pick(about['Action']).trim(), {}).replace(/^x?$/, 's3:GetObject')
    if (about['Resource']) resource = nameFor(random, pick(about['Resource']), values)
  }
  // KMS takes no pair without a name.
  const context = values['kms:encryptioncontextkeys']
  if (context !== undefined) values['kms:encryptioncontextkeys'] = [context].flat().filter((name) => name !== '')
  return { principal: caller, action, resource, resourceAccount: random.chance(0.75) ? OWN : OTHER, values }
}

/** A world and as many requests. */
export function randomWorld(random: Random, requests: number): World {
  const sources = randomSources(random)
  const statements = documentsOf(sources).flatMap((doc) => [doc.Statement].flat())
  const caller = random.pick(callers)
  const trust = sources.resourceType === 'trust'
  const asked = Array.from({ length: requests }, () => {
    const one = ask(random, random.chance(0.8) ? caller : random.pick(callers), statements)
    if (trust && random.chance(0.8)) return { ...one, action: 'sts:AssumeRole' }
    if (sources.grants && random.chance(0.6))
      return { ...one, action: random.pick(['kms:Decrypt', 'kms:DescribeKey', 'KMS:encrypt']) }
    return one
  })
  return { sources, asked }
}

/** Policies as large as AWS's quotas let them be, patterns made to be tried again and again, and texts to try them on. */
export function hugeWorld(random: Random): World {
  const letters = () => random.pick(['a', 'ab', 'a/', 'aaaaaaaaaaaaaaab'])
  const long = (most: number) => letters().repeat(1 + random.below(most))
  const glob = (most: number) => {
    const piece = () =>
      random.pick([
        '*',
        '?',
        '*?',
        '**',
        '*a',
        '*ab',
        '?a',
        'a',
        '*/',
        random.chance(0.2) ? long(random.chance(0.9) ? 200 : 5000) : 'b',
      ])
    return random.several(1, most, piece).join('')
  }
  const statements = random.several(1, random.pick([2, 40, 300]), (): Record<string, unknown> => {
    const many = random.pick([1, 3, 40])
    return {
      Effect: random.chance(0.1) ? 'Deny' : 'Allow',
      Action: random.several(1, many, () => random.pick(['*', 's3:*', 's3:Get*', `s3:${glob(30)}`])),
      Resource: random.several(
        1,
        many,
        () => `arn:aws:s3:::${glob(random.pick([5, 60, 1000]))}${random.pick(['', 'x', '*'])}`,
      ),
      ...(random.chance(0.5) && {
        Condition: {
          StringLike: { 'aws:UserAgent': random.several(1, many, () => glob(random.pick([5, 60, 1000]))) },
          'ForAnyValue:StringLike': { 'aws:TagKeys': random.several(1, many, () => glob(20)) },
        },
      }),
    }
  })
  // The largest that any of AWS's services takes: SimulateCustomPolicy, 131072 characters.
  while (statements.length > 1 && JSON.stringify(statements).length > 131_072) statements.length >>= 1
  const doc: Doc = { Version: '2012-10-17', Statement: statements }
  const resourceDoc = (): Doc => ({ ...doc, Statement: statements.map((one) => ({ ...one, Principal: '*' })) })
  const sources: Sources = random.chance(0.5)
    ? { identity: [doc] }
    : { identity: [], resource: resourceDoc(), resourceType: 'resource' }
  const caller = callers[1]!
  const asked = random.several(4, 8, (): Asked => ({
    principal: caller,
    action: random.pick(['s3:GetObject', 's3:aab', `s3:${long(20)}`]),
    // AWS takes resource ARNs of up to 2048 characters, and headers of up to 16 KiB all in all.
    resource: `arn:aws:s3:::${long(2000)}`.slice(0, 2048) + random.pick(['', 'x']),
    resourceAccount: OWN,
    values: {
      'aws:useragent': long(random.chance(0.8) ? 16_000 : 100_000).slice(0, random.chance(0.8) ? 16_000 : 250_000),
      'aws:tagkeys': random.several(0, 50, () => long(128).slice(0, 128)),
    },
  }))
  return { sources, asked }
}

/**
 * Two letters, both wildcards and a hundred characters: patterns that match in many ways or fail at the last place, and texts
 * made from them.
 */
export function globWorld(random: Random, requests: number): World {
  const word = (most: number) => random.several(0, most, () => random.pick(['a', 'a', 'b'])).join('')
  const glob = () => {
    const long = random.chance(0.3) ? 90 : 6
    const piece = () => random.pick(['*', '?', '', '*?', '?a?']) + word(random.chance(0.2) ? long : 3)
    return random.several(1, random.pick([2, 5, 12]), piece).join('')
  }
  const patterns = random.several(1, 4, glob)
  const Resource = patterns.map((pattern) => `arn:aws:s3:::${pattern}`)
  const Condition = { StringLike: { 'aws:username': random.several(1, 3, glob).concat(random.pick(patterns)) } }
  const doc = (statement: Record<string, unknown>): Doc => ({ Version: '2012-10-17', Statement: [statement] })
  const sources: Sources = {
    identity: [
      doc({ Effect: 'Allow', Action: `s3:${glob()}`, Resource, ...(random.chance(0.5) && { Condition }) }),
      doc({ Effect: 'Allow', Action: 's3:*', Resource: '*', Condition }),
    ],
  }
  const text = () =>
    random
      .pick(patterns)
      .replaceAll('*', () => word(random.pick([1, 8, 60])))
      .replaceAll('?', () => random.pick(['a', 'b']))
  const asked = Array.from({ length: requests }, (): Asked => {
    const name = random.chance(0.7) ? text() : nearly(random, text())
    return {
      principal: callers[1]!,
      action: `s3:${random.chance(0.5) ? 'GetObject' : word(20) || 'a'}`,
      resource: `arn:aws:s3:::${random.chance(0.7) ? text() : nearly(random, text())}`,
      resourceAccount: OWN,
      values: { 'aws:username': name },
    }
  })
  return { sources, asked }
}
