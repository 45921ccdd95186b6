import { readFileSync } from 'node:fs'
import type { Client } from '../cli/client.ts'
import { roleTrusting, userWith } from './people.ts'
import { filledIn } from './role-page.ts'
import type { Chapter } from './role-page.ts'
import type { Line } from './matrix.ts'
import { prepared, tryRequest } from './try.ts'
import type { Tried } from './try.ts'
import type { Values } from './world.ts'

/** One of the APIs that take a role, with a request that needs nothing but the role. */
interface Api extends Omit<Chapter, 'rows'> {
  /** What the caller must be allowed beside the operation itself. */
  caller?: string[]
}

/** How a role is passed. `callerPasses`: the condition of the caller's iam:PassRole; undefined: the caller has none. */
interface Way {
  what: string
  callerPasses?: string
  trusts: string
  foreign?: true
  judge(tried: Tried): boolean
}

const passes = 'sagemaker.amazonaws.com'
const namesPassRole = ({ outcome, text = '', refused }: Tried) =>
  outcome === 'failed' &&
  text.startsWith('AccessDenied') &&
  text.includes('iam:PassRole') &&
  refused.includes('iam:PassRole')

const ways: readonly Way[] = [
  {
    what: 'passed to SageMaker',
    callerPasses: passes,
    trusts: passes,
    judge: ({ outcome }) => outcome === 'succeeded',
  },
  { what: 'the caller lacks iam:PassRole', trusts: passes, judge: namesPassRole },
  { what: 'iam:PassedToService is another', callerPasses: 'glue.amazonaws.com', trusts: passes, judge: namesPassRole },
  {
    what: 'the role trusts another service',
    callerPasses: passes,
    trusts: 'glue.amazonaws.com',
    judge: ({ outcome, refused }) => outcome === 'failed' && refused.includes('sts:AssumeRole'),
  },
  {
    what: 'the role is of another account',
    callerPasses: passes,
    trusts: passes,
    foreign: true,
    judge: ({ outcome, text = '' }) => outcome === 'failed' && /^(ValidationException|AccessDenied)/.test(text),
  },
]

/** "Passing roles": the APIs that the page lists, each in every way. */
export async function runPassRole(admin: Client, values: Values, told: (line: Line) => void): Promise<Line[]> {
  const apis = JSON.parse(readFileSync(new URL('../../corpus/pass-role.json', import.meta.url), 'utf8')) as Api[]
  const lines: Line[] = []
  for (const [number, api] of apis.entries()) {
    for (const [at, way] of ways.entries()) {
      const tried = await tryWay(admin, api, way, { ...values, name: `pass-${number}-${at}` })
      const text = tried.text ?? (tried.refused.length > 0 ? `refused: ${tried.refused.join(', ')}` : undefined)
      const line: Line = {
        chapter: 'pass-role',
        row: api.create,
        what: way.what,
        verdict: way.judge(tried) ? (at === 0 ? 'suffices' : 'kept out') : 'wrong',
        ...(text !== undefined && { text }),
      }
      lines.push(line)
      told(line)
    }
  }
  return lines
}

async function tryWay(admin: Client, api: Api, way: Way, own: Values): Promise<Tried> {
  const name = own['name']!
  const goodRole = await mightyRole(admin, `${name}-before`, passes)
  const role = way.foreign ? `arn:aws:iam::999999999999:role/${name}` : await mightyRole(admin, name, way.trusts)
  const values = await prepared(admin, api, { ...own, role, goodRole })
  const caller = await userWith(admin, name, [
    {
      Effect: 'Allow',
      Action: [
        `sagemaker:${api.create}`,
        'sagemaker:Describe*',
        'iam:GetRequestAuthorizationDetails',
        ...(api.caller ?? []),
      ],
    },
    ...passing(way, role),
  ])
  return tryRequest(caller, { ...api, rows: [] }, filledIn(api.request, values), values)
}

function passing({ callerPasses }: Way, Resource: string) {
  if (callerPasses === undefined) return []
  const Condition = { StringEquals: { 'iam:PassedToService': callerPasses } }
  return [{ Effect: 'Allow' as const, Action: 'iam:PassRole', Resource, Condition }]
}

/** What the role itself may do is not the question here. */
async function mightyRole(admin: Client, RoleName: string, service: string): Promise<string> {
  const arn = await roleTrusting(admin, RoleName, service)
  await admin.call('iam', 'AttachRolePolicy', { RoleName, PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' })
  return arn
}
