/**
 * Whatever an administrator sends, no operation answers 500: everything at once, and each member with values that nobody
 * expects there. In the words of AWS refused, or done.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { load, serviceNames } from '../../src/services/registry.ts'
import type { MemberModel } from '../../src/wire/model.ts'
import { send } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { organizationSamples } from './organization.ts'
import { fullInput, inputShape, minimalInput, type Input, type Samples } from './sample-input.ts'
import { makeSamples } from './samples.ts'

/** `ODD_VALUES=all` tries every value on every member; else each member gets a few, others than its neighbours. */
const perMember = process.env['ODD_VALUES'] === 'all' ? Infinity : 3

const oddTexts = [
  '',
  ' ',
  '*',
  '0',
  '-1',
  'x'.repeat(3000),
  '\u0001\uFFFE',
  'ünï/çødé 😀',
  '../../etc/passwd',
  'arn:aws:iam::',
  'arn:aws:iam::999999999999:role/elsewhere',
  'arn:aws:s3:::sample-bucket/*',
  '${aws:username}',
  '%2F%00',
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow"',
  '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":5},"Action":[],"Resource":null}}',
  '[]',
  '__proto__',
  'constructor',
  '10.0.0.0/99',
  '::/0',
  'vpc-0',
  'bytes=5-1',
  '9999-99-99T99:99:99Z',
]
const oddNumbers = [-1, 0, 1, 65_536, 2_147_483_647]

let server: TestServer
let samples: Samples
before(async () => {
  server = await startTestServer({ logLevel: 'error', decisionsMax: 1000 })
  samples = { ...(await makeSamples(server)), ...(await organizationSamples(server, server.admin)) }
})
after(() => server.close())

async function assertAnswered(service: string, name: string, input: Input): Promise<void> {
  const answer = await send(server.url, service, name, input, { keys: server.admin })
  assert.notEqual(answer.status, 500, `${service}:${name} ${JSON.stringify(input).slice(0, 500)}`)
  assert.ok(answer.status < 500 || answer.status === 501)
  assert.ok(answer.requestId)
}

/** Odd values for a member; lists and maps hold one of them. */
function oddValues(member: MemberModel): unknown[] {
  const { shape } = member
  switch (shape.type) {
    case 'string':
      // A path segment cannot be empty: that would be another operation.
      return member.location === 'uri'
        ? oddTexts.filter((text) => text.trim() !== '')
        : oddTexts.filter((text) => member.location === undefined || isHeaderText(text))
    case 'integer':
    case 'long':
      return oddNumbers
    case 'float':
    case 'double':
      return [...oddNumbers, 0.1, -1e300]
    case 'boolean':
      return [true, false]
    case 'timestamp':
      return [0, 1, 4_102_444_800]
    case 'list':
      return [
        [],
        ...oddValues({
          ...shape.member!,
          shape: shape.member!.shape,
          ...(member.location && { location: member.location }),
        }).map((value) => [value, value]),
      ]
    case 'map':
      return shape.value!.shape.type === 'string'
        ? oddTexts.filter(isHeaderText).map((text) => ({ [/^[\w-]+$/.test(text) ? text : 'odd']: text }))
        : []
    case 'structure':
      return [...shape.members.values()]
        .slice(0, 12)
        .flatMap((part) =>
          part.shape.type === 'structure' ? [] : oddValues(part).map((value) => ({ [part.name]: value })),
        )
    default:
      return [Buffer.alloc(0), Buffer.from([0, 255, 254])]
  }
}

/** What a client can put in a header at all. */
const isHeaderText = (text: string): boolean => /^[\x21-\x7e]+$/.test(text)

describe('no operation answers 500', () => {
  for (const service of serviceNames) {
    it(`of ${service}, to everything at once`, async () => {
      for (const name of Object.keys(await load(service)))
        await assertAnswered(service, name, fullInput(service, name, samples))
    })

    it(`of ${service}, to odd values`, async () => {
      let turn = 0
      for (const name of Object.keys(await load(service))) {
        const minimal = minimalInput(service, name, samples)
        for (const member of inputShape(service, name)?.members.values() ?? []) {
          const values = oddValues(member)
          for (let at = 0; at < Math.min(perMember, values.length); at++) {
            await assertAnswered(service, name, { ...minimal, [member.name]: values[turn++ % values.length] })
          }
        }
      }
    })
  }
})
