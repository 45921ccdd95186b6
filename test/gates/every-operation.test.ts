/**
 * Every operation that is built, taken from the registry and never from a list, is tried in every way that must fail and in
 * the one that must not. A new operation is in here without anyone adding it.
 */
import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { DecisionTrace } from '../../src/door/trace.ts'
import { serviceReference } from '../../src/services/iam/service-reference.ts'
import { load, serviceNames } from '../../src/services/registry.ts'
import { model, services } from '../../src/wire/model.ts'
import { call, errorOf, send, type Answer, type CallOptions } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import type { Keys, PlainRequest } from '../support/sign.ts'
import { organizationSamples } from './organization.ts'
import { makeEndpoints, makePrincipals, type Principals } from './principals.ts'
import { minimalInput, type Samples } from './sample-input.ts'
import { makeSamples } from './samples.ts'
import { refusals, wordsOf, type Words } from './words.ts'

/** AWS asks for no permission, and no deny keeps anyone from it. This set may only shrink. */
const asksNothing = ['sts:GetCallerIdentity', 'sts:GetSessionToken']
/** Not for sessions, whatever their policies say. This set may only shrink. */
const notForSessions = ['sts:GetFederationToken', 'sts:GetSessionToken']
/** Refused item by item, in an answer that is a success. This set may only shrink. */
const asksByItem = ['s3:DeleteObjects']

interface Built {
  service: string
  name: string
  id: string
}

const built: Built[] = []
for (const service of serviceNames) {
  for (const name of Object.keys(await load(service))) built.push({ service, name, id: `${service}:${name}` })
}

let server: TestServer
let principals: Principals
let endpoints: Map<string, string>
let samples: Samples

before(async () => {
  server = await startTestServer({ logLevel: 'error' })
  principals = await makePrincipals(server)
  endpoints = await makeEndpoints(server, serviceNames)
  samples = { ...(await makeSamples(server)), ...(await organizationSamples(server, principals.manager)) }
})
after(() => server.close())

async function attempt({ service, name }: Built, options: CallOptions, url = server.url) {
  const answer = await send(url, service, name, minimalInput(service, name, samples), options)
  assert.ok(answer.requestId, `an answer of ${answer.status} without a request id`)
  const trace = server.world.decisions.get(answer.requestId)
  assert.ok(trace, 'no decision is kept')
  return { answer, trace, error: errorOf(service, name, answer) }
}

const counts = new Map<string, number>()

/** Names the try in what it fails with, and counts it. */
async function tried(name: string, work: () => Promise<void>): Promise<void> {
  counts.set(name, (counts.get(name) ?? 0) + 1)
  try {
    await work()
  } catch (error) {
    if (error instanceof Error) error.message = `${name}: ${error.message}`
    throw error
  }
}

function assertRefused({ service, name }: Built, answer: Answer, [code, status]: Words['denied']): void {
  assert.equal(answer.status, status, answer.body.toString())
  // Answers to HEAD have no body and so no code.
  if (model(service).operation(name)!.method !== 'HEAD') assert.equal(errorOf(service, name, answer)?.code, code)
}

function assertRecorded({ service, name }: Built, trace: DecisionTrace, expected: Partial<DecisionTrace>): void {
  const { decision, stage, status } = trace
  assert.deepEqual(
    { decision, stage, status, service: trace.service, operation: trace.operation },
    { ...expected, service, operation: name },
  )
}

/** Nobody signs these: a token in the request is the proof, and without a good one all callers are alike. */
function isUnsigned({ service, name }: Built): boolean {
  return model(service).operation(name)!.auth === 'none'
}

function assertUnproven(operation: Built, answer: Answer, trace: DecisionTrace): void {
  assertRefused(operation, answer, ['InvalidIdentityToken', 400])
  assertRecorded(operation, trace, { decision: 'rejected', stage: 'authenticate', status: 400 })
  assert.deepEqual(trace.needs, [])
}

/** Ways to come without being known. */
const impostors: { name: keyof Words; options: (principals: Principals) => CallOptions }[] = [
  { name: 'unsigned', options: () => ({}) },
  { name: 'forged', options: () => ({ keys: server.admin, tamper: forge }) },
  { name: 'expired', options: () => ({ keys: server.admin, at: new Date(Date.now() - 20 * 60_000) }) },
  { name: 'unknownKey', options: () => ({ keys: { ...server.admin, accessKeyId: 'AKIAIOSFODNN7EXAMPLE' } }) },
  {
    name: 'tokenless',
    options: ({ unbound: { accessKeyId, secretAccessKey } }) => ({ keys: { accessKeyId, secretAccessKey } }),
  },
]

function forge(signed: PlainRequest): PlainRequest {
  const authorization = signed.headers['authorization']!.replace(/[0-9a-f]$/, (digit) => (digit === '0' ? '1' : '0'))
  return { ...signed, headers: { ...signed.headers, authorization } }
}

/** REST paths say nothing of the service: unsigned, only the host does. */
function hostHeader(service: string): CallOptions {
  const { protocol, endpointPrefix } = services[service]!
  return protocol.startsWith('rest-') ? { headers: { host: `${endpointPrefix}.us-east-1.amazonaws.com` } } : {}
}

/** Known callers who lack something: who, what decides, how, and what AWS's sentence ends with. */
const denials: {
  name: string
  keys: () => Keys
  url?: (service: string) => string | undefined
  decidedBy: string
  effect: 'implicit-deny' | 'explicit-deny'
  layer: string
  reason: (action: string) => string
}[] = [
  {
    name: 'implicitly',
    keys: () => principals.nobody,
    decidedBy: 'identity',
    effect: 'implicit-deny',
    layer: 'caller-policy',
    reason: (action) => ` because no identity-based policy allows the ${action} action`,
  },
  {
    name: 'explicitly',
    keys: () => principals.denied,
    decidedBy: 'identity',
    effect: 'explicit-deny',
    layer: 'caller-policy',
    reason: () => ' with an explicit deny in an identity-based policy',
  },
  {
    name: 'by boundary',
    keys: () => principals.bounded,
    decidedBy: 'boundary',
    effect: 'implicit-deny',
    layer: 'boundary',
    reason: (action) => ` because no permissions boundary allows the ${action} action`,
  },
  {
    name: 'by session policy',
    keys: () => principals.session,
    decidedBy: 'session',
    effect: 'implicit-deny',
    layer: 'session-policy',
    reason: (action) => ` because no session policy allows the ${action} action`,
  },
  {
    name: 'by scp',
    keys: () => principals.governed,
    decidedBy: 'scp',
    effect: 'explicit-deny',
    layer: 'scp',
    reason: () => ' with an explicit deny in a service control policy: arn:aws:organizations::',
  },
  {
    name: 'by rcp',
    keys: () => principals.perimeter,
    url: (service) => (serviceReference().rcpPrefixes.includes(service) ? server.url : undefined),
    decidedBy: 'rcp',
    effect: 'explicit-deny',
    layer: 'rcp',
    reason: () => ' with an explicit deny in a resource control policy: arn:aws:organizations::',
  },
  {
    name: 'by endpoint policy',
    keys: () => server.admin,
    url: (service) => endpoints.get(service),
    decidedBy: 'endpoint',
    effect: 'explicit-deny',
    layer: 'vpce-policy',
    reason: () => ' with an explicit deny in a VPC endpoint policy',
  },
]

describe('every operation', () => {
  it('is known to AWS under its name', async () => {
    assert.ok(built.length > 0)
    for (const service of serviceNames) {
      for (const [name, operation] of Object.entries(await load(service))) {
        assert.deepEqual({ service: operation.service, name: operation.name }, { service, name })
        assert.ok(model(service).operation(name), `${service}:${name}`)
      }
    }
  })

  it('has an endpoint to come through, wherever AWS has one', () => {
    assert.deepEqual(serviceNames.filter((service) => !endpoints.has(service)).sort(), [
      'iam',
      'iam-toolbox',
      'organizations',
      'sallyport',
    ])
  })
})

describe('every operation is refused', () => {
  let documents: string
  before(() => (documents = stateOf(server)))

  for (const operation of built) {
    it(`${operation.id} to callers who are not known`, async () => {
      for (const { name, options } of impostors) {
        await tried(name, async () => {
          const anonymous = operation.service === 's3' && name === 'unsigned'
          const { answer, trace } = await attempt(operation, {
            ...hostHeader(operation.service),
            ...options(principals),
          })
          if (isUnsigned(operation)) return assertUnproven(operation, answer, trace)
          if (anonymous && asksByItem.includes(operation.id)) return assertEachRefused(answer, trace)
          const [, status] = wordsOf(operation.service)[name]
          assertRefused(operation, answer, wordsOf(operation.service)[name])
          assertRecorded(operation, trace, {
            decision: anonymous ? 'denied' : 'rejected',
            stage: anonymous ? 'authorize' : 'authenticate',
            status,
          })
          assert.equal(trace.caller?.kind, anonymous ? 'anonymous' : undefined)
          assert.equal(
            trace.needs.some(({ decision }) => decision.effect === 'allow'),
            false,
          )
          assert.equal(trace.needs.length > 0, anonymous)
        })
      }
    })

    it(`${operation.id} to callers who may not`, async () => {
      for (const denial of denials) {
        const url = denial.url ? denial.url(operation.service) : server.url
        if (url === undefined) continue
        await tried(denial.name, async () => {
          const { answer, trace, error } = await attempt(operation, { keys: denial.keys() }, url)
          if (isUnsigned(operation)) return assertUnproven(operation, answer, trace)
          assert.equal(trace.caller?.accessKeyId, denial.keys().accessKeyId)
          if (denial.name === 'by session policy' && notForSessions.includes(operation.id)) {
            assertRefused(operation, answer, wordsOf(operation.service).denied)
            assert.equal(error?.message, `Cannot call ${operation.name} with session credentials`)
            return
          }
          assert.equal(trace.way?.via, url === server.url ? 'public' : 'interface-endpoint')
          if (asksNothing.includes(operation.id)) {
            assert.equal(answer.status, 200)
            // It was not refused, so it may have changed something: a session.
            documents = stateOf(server)
            return
          }
          if (asksByItem.includes(operation.id)) assertEachRefused(answer, trace)
          else {
            assertRefused(operation, answer, wordsOf(operation.service).denied)
            assertRecorded(operation, trace, { decision: 'denied', stage: 'authorize', status: answer.status })
          }
          assert.ok(trace.needs.length > 0)
          for (const { action, decision } of trace.needs) {
            // No RCP has a say over passing a role to one of the services that they do cover.
            if (denial.decidedBy === 'rcp' && action === 'iam:PassRole' && operation.service !== 'iam') continue
            assert.deepEqual(
              { decidedBy: decision.decidedBy, effect: decision.effect },
              { decidedBy: denial.decidedBy, effect: denial.effect },
            )
          }
          assertSentence(operation, trace, error?.message, denial.reason)
          await assertExplained(trace, denial.layer)
        })
      }
    })
  }

  it('and no refusal changes anything', () => assert.equal(stateOf(server), documents))
})

/** AWS's sentence names caller, action and layer; STS leaves the reason out, and HEAD everything. */
function assertSentence(
  { service, name, id }: Built,
  trace: DecisionTrace,
  message: string | undefined,
  reason: (action: string) => string,
): void {
  if (message === undefined || asksByItem.includes(id) || model(service).operation(name)!.method === 'HEAD') return
  const { action, resource } = trace.needs[0]!
  assert.ok(message.includes(`User: ${trace.caller!.arn} is not authorized to perform: ${action}`), message)
  if (service === 'sts' && action === 'sts:AssumeRole')
    assert.ok(message.endsWith(` on resource: ${resource}`), message)
  else assert.ok(message.includes(reason(action)), message)
}

function assertEachRefused(answer: Answer, trace: DecisionTrace): void {
  assert.equal(answer.status, 200)
  assert.match(
    answer.body.toString(),
    /<Error><Key>[^<]+<\/Key>(<VersionId>[^<]*<\/VersionId>)?<Code>AccessDenied<\/Code>/,
  )
  assert.doesNotMatch(answer.body.toString(), /<Deleted>/)
  assert.ok(trace.needs.length > 0)
  for (const { decision } of trace.needs) assert.notEqual(decision.effect, 'allow')
}

async function assertExplained(trace: DecisionTrace, layer: string): Promise<void> {
  const { Document } = await call(server.url, server.admin, 'sallyport', 'Explain', { Id: trace.requestId })
  assert.equal(Document.decision, 'denied')
  assert.equal(Document.caller.arn, trace.caller!.arn)
  assert.deepEqual(
    Document.needs.map((need: { action: string }) => need.action),
    trace.needs.map((need) => need.action),
  )
  const expected = layer === 'caller-policy' && trace.needs[0]!.action === 'iam:PassRole' ? 'pass-role' : layer
  assert.equal(Document.blockers[0].layer, expected)
}

/** Every document but those that any signed call may touch: when keys and services were last used, the door's own. */
function stateOf({ dataDir }: TestServer): string {
  const db = new DatabaseSync(join(dataDir, 'sallyport.db'), { readOnly: true })
  try {
    const rows = db
      .prepare(
        "SELECT kind, key, version FROM documents WHERE kind NOT LIKE 'iam/last-%' AND kind NOT LIKE 'door/%' ORDER BY kind, key",
      )
      .all()
    assert.ok(rows.length > 0)
    return JSON.stringify(rows)
  } finally {
    db.close()
  }
}

describe('every operation is allowed', () => {
  const withoutNeeds: string[] = []

  for (const operation of built) {
    it(`${operation.id} to an administrator`, async () => {
      // The server's account is a member of an organization; only its management account may change that.
      const keys = operation.service === 'organizations' ? principals.manager : server.admin
      const { answer, trace, error } = await attempt(operation, { keys })
      if (isUnsigned(operation)) return assertUnproven(operation, answer, trace)
      assert.ok(answer.status < 500, `${answer.status} ${answer.body.toString()}`)
      assert.ok(!error || !refusals.has(error.code), `${error?.code}: ${error?.message}`)
      assertRecorded(operation, trace, { decision: 'allowed', stage: trace.stage, status: answer.status })
      assert.equal(trace.stage, answer.status < 300 ? undefined : 'perform')
      for (const { decision } of trace.needs) assert.equal(decision.effect, 'allow')
      if (trace.needs.length === 0) withoutNeeds.push(operation.id)
      await tried(answer.status < 300 ? 'allowed and done' : 'allowed, refused by its own rules', async () => {})
    })
  }

  it('and only those ask for nothing that are known to', (t) => {
    assert.deepEqual(withoutNeeds, asksNothing)
    t.diagnostic(`${built.length} operations: ${[...counts].map(([name, count]) => `${count} ${name}`).join(', ')}`)
  })
})
