/** Plays a scenario: calls through the door, programs in their places, and what they saw held against what is written. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { decodeAnswer } from '../../src/cli/client-wire.ts'
import type { AwsError } from '../../src/wire/aws-error.ts'
import { root, run, type Environment, type Outcome } from '../clients/command.ts'
import { send } from '../support/call.ts'
import type { TestServer } from '../support/server.ts'
import type { Keys } from '../support/sign.ts'
import { programOf, type Told } from './clients.ts'
import type { Look, Observation, PlaceWanted, Scenario, Step } from './scenario.ts'

const corpus = new URL('../../corpus/scenarios/', import.meta.url)

export function readScenario(file: string): Scenario {
  return JSON.parse(readFileSync(new URL(file, corpus), 'utf8')) as Scenario
}

type Part = Pick<Scenario, 'steps' | 'places'>

interface Play {
  readonly server: TestServer
  readonly region: string
  /** What `${name}` stands for. */
  readonly names: Map<string, unknown>
  readonly places: Record<string, PlaceWanted>
}

/** `unique`: a name that no other scenario has. */
export async function playScenario(server: TestServer, scenario: Scenario, unique: string): Promise<void> {
  const { region = 'us-east-1', parts = [], steps } = scenario
  const made = parts.map((name) => readScenario(`parts/${name}.json`) as Part)
  const play: Play = {
    server,
    region,
    names: new Map<string, unknown>([
      ['region', region],
      ['account', server.account],
      ['unique', unique],
    ]),
    places: Object.assign({ outside: {} }, ...made.map(({ places }) => places), scenario.places) as Play['places'],
  }
  for (const step of [...made.flatMap((part) => part.steps), ...steps])
    if ('see' in step) await look(play, step)
    else await take(play, step)
}

/** Every `${name}` replaced; a text that is nothing else becomes what was kept, whatever its type. */
function named<T>(value: T, names: Play['names']): T {
  const known = (name: string) => {
    if (!names.has(name)) throw new Error(`the scenario keeps nothing as ${name}`)
    return names.get(name)
  }
  const replaced = (text: string): unknown => {
    const whole = /^\$\{(\w+)\}$/.exec(text)
    return whole ? known(whole[1]!) : text.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => String(known(name)))
  }
  const inside = (one: unknown): unknown => {
    if (typeof one === 'string') return replaced(one)
    if (Array.isArray(one)) return one.map(inside)
    if (typeof one !== 'object' || one === null) return one
    return Object.fromEntries(Object.entries(one).map(([key, member]) => [replaced(key), inside(member)]))
  }
  return inside(value) as T
}

/** Policies are written as they are, and sent as text. */
const DOCUMENTS = ['PolicyDocument', 'AssumeRolePolicyDocument', 'Policy']

function inputOf(given: object): object {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]: [string, unknown]) => [
      name,
      DOCUMENTS.includes(name) && typeof value === 'object' ? JSON.stringify(value) : value,
    ]),
  )
}

const operationOf = (command: string) =>
  command
    .split('-')
    .map((word) => word[0]!.toUpperCase() + word.slice(1))
    .join('')

async function take({ server, region, names }: Play, step: Step): Promise<void> {
  const [service = '', command = ''] = step.do.split(' ')
  const operation = operationOf(command)
  const input = inputOf(named(step.with ?? {}, names))
  const answer = await send(server.url, service, operation, input, { keys: server.admin, region })
  let output: unknown
  try {
    output = decodeAnswer(service, operation, answer)
  } catch (error) {
    const { code, message } = error as AwsError
    if (!step.refused) throw new Error(`${step.do}: ${code}: ${message}`, { cause: error })
    assertRefused({ error: code, says: message }, named(step.refused, names), step.do)
    return
  }
  assert.equal(step.refused, undefined, `${step.do} was not refused`)
  for (const [name, path] of Object.entries(step.keep ?? {})) names.set(name, at(output, path))
  for (const [path, wanted] of Object.entries(named(step.answers ?? {}, names)))
    assert.deepEqual(at(output, path) ?? null, wanted, `${step.do}: ${path}`)
}

const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce<any>((one, member) => one?.[member], value) // oxlint-disable-line typescript/no-explicit-any

async function look(play: Play, { see: observations, while: meanwhile }: Look): Promise<void> {
  const listener = meanwhile && (await listen(play, meanwhile))
  try {
    await lookAll(play, observations)
  } finally {
    await listener?.end()
  }
}

/** A program that listens at a place, until it is ended. */
async function listen(play: Play, { at: place, listens }: NonNullable<Look['while']>): Promise<{ end(): Promise<void> }> {
  const wanted = named(play.places[place]!, play.names)
  const program = [process.execPath, `${root}/test/scenarios/programs/listen.ts`, String(listens)]
  const child = spawn(`${root}/sallyport`, ['exec', ...options(wanted), '--', ...program], {
    env: { PATH: process.env['PATH'] ?? '', ...environment(play, play.server.admin) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  await Promise.race([once(child.stdout, 'data'), exited.then(() => assert.fail(`nothing listens at ${place}`))])
  return {
    async end() {
      child.kill('SIGTERM')
      await exited
    },
  }
}

async function lookAll(play: Play, observations: readonly Observation[]): Promise<void> {
  const given = observations.map((one) => named(one, play.names))
  for (const one of given.filter(({ trace }) => trace !== undefined)) assertTrace(play, one)
  const byPlace = Map.groupBy(
    given.filter(({ trace }) => trace === undefined),
    ({ at: place = 'outside' }) => place,
  )
  await Promise.all([...byPlace].map(([place, some]) => lookFrom(play, place, some)))
}

async function lookFrom(play: Play, name: string, observations: readonly Observation[]): Promise<void> {
  const place = play.places[name]
  assert.ok(place, `there is no place ${name}`)
  const wanted = named(place, play.names)
  const unplaced = observations.find((one) => one.unplaced)
  if (unplaced) return assertUnplaced(play, wanted, unplaced)
  const programs = observations.map(programOf)
  const commands = JSON.stringify(programs.map(({ argv }) => argv))
  const runner = [process.execPath, '--disable-warning=ExperimentalWarning', `${root}/test/scenarios/programs/place.ts`, commands]
  const { code, stdout, stderr } =
    wanted.subnet === undefined
      ? await run(runner, environment(play, await keysOf(play, wanted)))
      : await run([`${root}/sallyport`, 'exec', ...options(wanted), '--', ...runner], environment(play, play.server.admin))
  assert.equal(code, 0, `${name}: ${stderr}`)
  const outcomes = JSON.parse(stdout) as Outcome[]
  const told = programs.map(({ tell }, at) => tell(outcomes[at]!))
  assert.deepEqual(
    observations.map((one, at) => brief(one, told[at]!)),
    observations.map((one) => ({ ...asked(one), sees: one.sees })),
    name,
  )
  for (const [at, one] of observations.entries()) {
    if (one.explain) await assertExplained(play, one, told[at]!)
    if (one.blockers) assertBlockers(play, wanted, one.blockers)
  }
}

async function assertUnplaced(play: Play, wanted: PlaceWanted, { sees, blockers }: Observation): Promise<void> {
  const command = [`${root}/sallyport`, 'exec', ...options(wanted), '--', 'true']
  const { code, stderr } = await run(command, environment(play, play.server.admin))
  assert.notEqual(code, 0)
  const { error } = sees as { error: string }
  if (!stderr.includes(error)) assert.equal(stderr, error)
  if (blockers) assertBlockers(play, wanted, blockers)
}

const options = ({ subnet = '', groups = [], role }: PlaceWanted) => [
  '--subnet',
  subnet,
  ...groups.flatMap((group) => ['--security-group', group]),
  ...(role === undefined ? [] : ['--role', role]),
]

async function keysOf({ server, region }: Play, { role }: PlaceWanted): Promise<Keys> {
  if (role === undefined) return server.admin
  const input = { RoleArn: role, RoleSessionName: 'scenario' }
  const answer = await send(server.url, 'sts', 'AssumeRole', input, { keys: server.admin, region })
  const { Credentials: given } = decodeAnswer('sts', 'AssumeRole', answer) as { Credentials: Record<string, string> }
  return { accessKeyId: given['AccessKeyId']!, secretAccessKey: given['SecretAccessKey']!, sessionToken: given['SessionToken']! }
}

function environment({ server, region }: Play, keys: Keys): Environment {
  return {
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    ...(keys.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: keys.sessionToken }),
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL: server.url,
    AWS_EC2_METADATA_DISABLED: 'true',
  }
}

const CLIENTS = ['aws', 'boto3', 'sdk', 'curl', 'fetch', 'lookup', 'tcp'] as const

/** What was asked, for the message of a failed comparison. */
const asked = (one: Observation) => Object.fromEntries(CLIENTS.flatMap((name) => (one[name] ? [[name, one[name]]] : [])))

/** What was told, in as much detail as was asked for. */
function brief(one: Observation, told: Told): object {
  const { sees } = one
  const { seen, status, output = '' } = told
  let said: unknown = seen
  if (typeof sees === 'object' && 'output' in sees) said = { output: output.includes(sees.output) ? sees.output : output }
  if (typeof sees === 'object' && 'failure' in sees && typeof seen === 'object' && 'failure' in seen)
    said = seen.failure.includes(sees.failure) ? sees : seen
  if (typeof sees === 'object' && 'error' in sees && typeof seen === 'object' && 'error' in seen) {
    const { error, says = '' } = seen
    said = {
      error,
      ...(sees.says !== undefined && { says: says.includes(sees.says) ? sees.says : says }),
      ...(sees.status !== undefined && { status }),
    }
  }
  return { ...asked(one), sees: said }
}

function assertRefused(seen: { error: string; says: string }, wanted: { error: string; says?: string }, what: string): void {
  assert.equal(seen.error, wanted.error, `${what}: ${seen.says}`)
  if (wanted.says !== undefined && !seen.says.includes(wanted.says)) assert.equal(seen.says, wanted.says, what)
}

/** The decision that was recorded of the call. */
async function assertExplained({ server, region }: Play, { explain }: Observation, { requestId }: Told): Promise<void> {
  const answer = await send(server.url, 'sallyport', 'Explain', { Id: requestId }, { keys: server.admin, region })
  const { Document: found } = decodeAnswer('sallyport', 'Explain', answer) as { Document: any } // oxlint-disable-line typescript/no-explicit-any
  const { decision, blockers, context = {}, without = [] } = explain!
  if (decision) assert.equal(found.decision, decision)
  if (blockers)
    assert.deepEqual(
      found.blockers.map((one: Record<string, unknown>, at: number) =>
        Object.fromEntries(Object.keys(blockers[at] ?? { layer: '', code: '' }).map((key) => [key, one[key]])),
      ),
      blockers,
    )
  for (const [key, value] of Object.entries(context)) assert.equal(found.way.context[key], value, key)
  for (const key of without) assert.equal(found.way.context[key], undefined, key)
}

function network({ server, region }: Play) {
  return server.world.network(server.account, region)
}

const endOf = (text: string): [string, number] => [text.replace(/:\d+$/, ''), Number(/:(\d+)$/.exec(text)?.[1] ?? 443)]

function assertBlockers(play: Play, { subnet, groups = [] }: PlaceWanted, { to, are }: NonNullable<Observation['blockers']>): void {
  const origin = { kind: 'subnet', subnetId: subnet ?? '', securityGroupIds: groups } as const
  const { blockers } = network(play).connect(origin, ...endOf(to))
  assert.deepEqual(
    blockers.map(({ layer, code }) => [layer, code]),
    are,
    to,
  )
}

function assertTrace(play: Play, { trace = '', from, sees, explain = {}, blockers }: Observation): void {
  const origin = { kind: 'on-premises', gatewayId: from!.gateway, ip: from!.ip } as const
  const found = network(play).connect(origin, ...endOf(trace))
  assert.equal(found.verdict, sees, trace)
  if (blockers)
    assert.deepEqual(
      found.blockers.map(({ layer, code }) => [layer, code]),
      blockers.are,
    )
  for (const [key, value] of Object.entries(explain.context ?? {})) assert.equal(found.context[key], value, key)
  for (const key of explain.without ?? []) assert.equal(found.context[key], undefined, key)
}
