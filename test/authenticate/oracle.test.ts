import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { check, findIn, type PlainRequest } from './request.ts'
import { encode, signed, type Signer } from './sign.ts'

/** Random requests, signed by AWS's own signer: we take each, and none that differs by one detail. */

const now = '2026-11-23T10:00:00Z'
const text = fc.string({ unit: fc.constantFrom(...Array.from("aZ09-._~ +=&/%?*()!'ü漢😀")), maxLength: 8 })
const token = fc.string({
  unit: fc.constantFrom('a', 'b', 'c', 'X', 'Y', 'Z', '0', '1', '9'),
  minLength: 1,
  maxLength: 8,
})
const headerValue = fc
  .string({ unit: fc.constantFrom('a', 'b', 'c', ' ', ',', ';', ':', '=', '"', '0', '9'), maxLength: 12 })
  .map((value) => value.trim())
const segment = text.map(encode)

const plainRequest: fc.Arbitrary<PlainRequest> = fc.record({
  method: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD'),
  path: fc.array(segment, { maxLength: 4 }).map((parts) => `/${parts.join('/')}`),
  query: fc
    .array(fc.tuple(token, text), { maxLength: 4 })
    .map((pairs) => pairs.map(([name, value]) => `${name}=${encode(value)}`).join('&')),
  headers: fc
    .array(
      fc.tuple(
        token.map((name) => `x-amz-meta-${name.toLowerCase()}`),
        headerValue,
      ),
      { maxLength: 3 },
    )
    .map((pairs) => [['host', 'localhost:4566'] as [string, string], ...new Map(pairs)]),
  body: text,
})

interface Case {
  plain: PlainRequest
  s3: boolean
  presign: boolean
  sessionToken: string | undefined
}

const cases: fc.Arbitrary<Case> = fc.record({
  plain: plainRequest,
  s3: fc.boolean(),
  presign: fc.boolean(),
  sessionToken: fc.option(token, { nil: undefined }),
})

const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'

function signerOf({ s3, sessionToken }: Case): Signer {
  const service = s3 ? 's3' : 'sagemaker'
  return {
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey,
    region: 'us-east-1',
    service,
    at: now,
    ...(sessionToken === undefined ? {} : { sessionToken }),
  }
}

function accepts(request: PlainRequest, { s3, sessionToken }: Case, secret = secretAccessKey): boolean {
  try {
    const { credential } = check(request, {
      style: s3 ? 's3' : 'json',
      signingNames: [s3 ? 's3' : 'sagemaker'],
      region: 'us-east-1',
      now: Date.parse(now),
      find: findIn([
        {
          accessKeyId: 'AKIDEXAMPLE',
          secretAccessKey: secret,
          ...(sessionToken === undefined ? {} : { sessionToken }),
        },
      ]),
    })
    return credential !== undefined
  } catch {
    return false
  }
}

/** Another character of the same kind in place of the one at `index`. */
function flipped(value: string, index: number): string {
  const at = index % value.length
  const char = value[at] === 'a' ? 'b' : 'a'
  return value.slice(0, at) + char + value.slice(at + 1)
}

type Change = (request: PlainRequest, index: number) => PlainRequest | undefined

const changes: Record<string, Change> = {
  method: (request) => ({ ...request, method: request.method === 'GET' ? 'PUT' : 'GET' }),
  'a character of the path': (request, index) => {
    const path = `/${flipped(request.path.slice(1) || 'x', index)}`
    return { ...request, path }
  },
  'a parameter more': (request) => ({ ...request, query: request.query === '' ? 'extra' : `${request.query}&extra` }),
  'a parameter less': (request, index) => {
    const parts = request.query.split('&').filter((part) => part !== '')
    if (parts.length === 0) return undefined
    return { ...request, query: parts.filter((_, i) => i !== index % parts.length).join('&') }
  },
  'the value of a signed header': (request, index) => {
    const at = index % request.headers.length
    return { ...request, headers: request.headers.map((pair, i) => (i === at ? [pair[0], `${pair[1]}x`] : pair)) }
  },
  'a signed header less': (request, index) => {
    const named = request.headers.filter(([name, value]) => name !== 'host' && value !== '')
    if (named.length === 0) return undefined
    const gone = named[index % named.length]
    return { ...request, headers: request.headers.filter((pair) => pair !== gone) }
  },
  'a signed header twice': (request, index) => {
    const pair = request.headers[index % request.headers.length]!
    return { ...request, headers: [...request.headers, [pair[0], `${pair[1]}2`]] }
  },
  'a character of the signature': (request, index) => {
    const change = (value: string) =>
      value.replace(/(Signature=)([0-9a-f]{64})/, (_, name: string, hex: string) => name + flipped(hex, index))
    return {
      ...request,
      query: change(request.query),
      headers: request.headers.map(([name, value]) => [name, change(value)]),
    }
  },
}

void describe("requests signed by AWS's signer", () => {
  void it('are accepted, in the header and in the query', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (given) => {
        const request = await signed(given.plain, signerOf(given), given)
        assert.ok(accepts(request, given), JSON.stringify(request))
      }),
      { seed: 20261123, numRuns: 400 },
    )
  })

  for (const [what, change] of Object.entries(changes)) {
    void it(`are refused when one thing is changed: ${what}`, async () => {
      let tried = 0
      await fc.assert(
        fc.asyncProperty(cases, fc.nat(1000), async (given, index) => {
          const request = await signed(given.plain, signerOf(given), given)
          const changed = change(request, index)
          if (!changed || !differs(request, changed)) return
          tried++
          assert.ok(!accepts(changed, given), JSON.stringify(changed))
        }),
        { seed: 20261124, numRuns: 200 },
      )
      assert.ok(tried > 50, `only ${tried} changes were tried`)
    })
  }

  void it('are refused when the secret, the day or the body is another', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (given) => {
        const signer = signerOf(given)
        const request = await signed(given.plain, signer, given)
        assert.ok(!accepts(request, given, `${secretAccessKey}x`))
        const yesterday = await signed(given.plain, { ...signer, at: '2026-11-22T09:00:00Z' }, given)
        assert.ok(!accepts(yesterday, given))
        // S3 checks the body as it streams, see body.test.ts.
        if (!given.s3) assert.ok(!accepts({ ...request, body: `${request.body}x` }, given))
      }),
      { seed: 20261125, numRuns: 100 },
    )
  })
})

/** A path may be spelled in several ways that mean the same, and folding may undo a change. */
function differs(a: PlainRequest, b: PlainRequest): boolean {
  const spelled = (path: string) =>
    new URL(`http://h${path}`).pathname.replace(/%../g, (escape) => escape.toUpperCase())
  const meaning = ({ path, ...rest }: PlainRequest) => JSON.stringify({ ...rest, path: spelled(path) })
  return meaning(a) !== meaning(b)
}
