/**
 * What AWS has and Sallyport has not answers 501 by name, whoever asks; what AWS has not answers AWS's own 4xx. Never an allow,
 * and never a word to those who are not known.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { load, serviceNames } from '../../src/services/registry.ts'
import { model, services, type ServiceHeader } from '../../src/wire/model.ts'
import { errorOf, exchange, send, type Answer } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { sign } from '../support/sign.ts'
import { minimalInput, type Samples } from './sample-input.ts'

/** Enough that inputs can be made without asking what exists. */
const samples: Samples = { Bucket: 'sample-bucket', 's3:Policy': '{}', AccessKeyId: 'AKIAIOSFODNN7EXAMPLE' }

/** Of a service's unbuilt operations so many, spread over the alphabet. */
const SAMPLE = 12

let server: TestServer
before(async () => (server = await startTestServer({ logLevel: 'error' })))
after(() => server.close())

for (const service of Object.keys(services)) {
  const known = serviceNames.includes(service) ? Object.keys(await load(service)) : []
  const unbuilt = model(service)
    .operationNames.filter((name) => !known.includes(name) && hasAddress(service, name))
    .sort()
  const step = Math.max(1, Math.floor(unbuilt.length / SAMPLE))

  describe(`unbuilt operations of ${service}`, () => {
    for (const name of unbuilt.filter((_, at) => at % step === 0)) {
      it(`${name} answers 501`, async () => {
        for (const keys of [server.root, server.admin]) {
          const answer = await send(server.url, service, name, sampleOrNothing(service, name), { keys })
          assertNotBuilt(service, name, answer)
        }
      })

      it(`${name} answers the unsigned as every operation does`, async () => {
        const { endpointPrefix } = services[service]!
        const answer = await send(server.url, service, name, sampleOrNothing(service, name), {
          headers: { host: `${endpointPrefix}.us-east-1.amazonaws.com` },
        })
        // Anonymous callers of S3 are known as such; AWS takes some calls to STS unsigned.
        if (service === 's3' || model(service).operation(name)!.auth === 'none') assert.ok(answer.status >= 400)
        else assert.ok(answer.status >= 400 && answer.status < 404, `${answer.status} ${answer.body.toString()}`)
      })
    }
  })
}

/** Some have a host of their own, directory buckets among them; the deprecated share their path with what came after them. */
function hasAddress(service: string, name: string): boolean {
  const { hostPrefix, deprecated } = model(service).operation(name)!
  return hostPrefix === undefined && !(service === 's3' && (deprecated || name === 'ListDirectoryBuckets'))
}

function assertNotBuilt(service: string, name: string, answer: Answer): void {
  assert.equal(answer.status, 501, answer.body.toString())
  const trace = server.world.decisions.get(answer.requestId)
  assert.deepEqual([trace?.service, trace?.operation, trace?.decision], [service, name, 'rejected'])
  if (model(service).operation(name)!.method === 'HEAD') return
  const error = errorOf(service, name, answer)
  assert.equal(error?.code, 'NotImplemented')
  assert.ok(error.message.includes(`${service}:${name}`), error.message)
}

/** An operation that is not there is refused before its input is looked at: what cannot be made is left out. */
function sampleOrNothing(service: string, name: string): Record<string, unknown> {
  try {
    return minimalInput(service, name, samples)
  } catch {
    return {}
  }
}

/** A well-signed request for an operation that AWS does not have, in each protocol. */
const unknown: Record<
  string,
  (header: ServiceHeader) => {
    method: string
    path: string
    headers: Record<string, string>
    body: string
    code: string
    status: number
  }
> = {
  json: ({ targetPrefix, jsonVersion }) => ({
    method: 'POST',
    path: '/',
    headers: { 'x-amz-target': `${targetPrefix}.MakeCoffee`, 'content-type': `application/x-amz-json-${jsonVersion}` },
    body: '{}',
    code: 'UnknownOperationException',
    status: 400,
  }),
  query: ({ apiVersion }) => form(apiVersion, 'InvalidAction'),
  ec2: ({ apiVersion }) => form(apiVersion, 'InvalidAction'),
  'rest-json': () => ({
    method: 'POST',
    path: '/make/coffee',
    headers: {},
    body: '{}',
    code: 'UnknownOperationException',
    status: 404,
  }),
  'rest-xml': () => ({
    method: 'PATCH',
    path: '/bucket/key',
    headers: {},
    body: '',
    code: 'MethodNotAllowed',
    status: 405,
  }),
  'smithy-rpc-v2-cbor': (header) => unknown['json']!(header),
}

function form(apiVersion: string, code: string) {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return { method: 'POST', path: '/', headers, body: `Action=MakeCoffee&Version=${apiVersion}`, code, status: 400 }
}

describe('operations that AWS does not have', () => {
  for (const [service, header] of Object.entries(services)) {
    it(`are refused in the words of ${service}`, async () => {
      const { code, status, ...request } = unknown[header.protocol]!(header)
      const plain = {
        ...request,
        query: '',
        body: Buffer.from(request.body),
        headers: { ...request.headers, host: new URL(server.url).host },
      }
      const signed = await sign(plain, { keys: server.root, region: 'us-east-1', service: header.signingName })
      const answer = await exchange(server.url, signed)
      assert.equal(answer.status, status, answer.body.toString())
      assert.ok(`${answer.headers['x-amzn-errortype']}${answer.body.toString()}`.includes(code), answer.body.toString())
      assert.equal(server.world.decisions.get(answer.requestId)?.decision, 'rejected')
    })
  }
})
