/** AssumeRoleWithWebIdentity over the wire, against an issuer that really serves its keys, and against worse ones. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { call, errorOf, send } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { makeCertificate } from './certificate.ts'
import { CONFIGURATION, KEYS, startIssuer, trustIssuer, type Issuer } from './issuer.ts'

const operation = 'AssumeRoleWithWebIdentity'

let server: TestServer
let issuer: Issuer
let provider: string
let RoleArn: string

before(async () => {
  server = await startTestServer()
  issuer = await startIssuer()
  provider = trustIssuer(server.world.store, server.account, issuer)
  const { Role } = await call(server.url, server.admin, 'iam', 'CreateRole', {
    RoleName: 'ci',
    MaxSessionDuration: 7200,
    Tags: [{ Key: 'team', Value: 'role' }],
    AssumeRolePolicyDocument: trust({ StringLike: { [`${issuer.url}:sub`]: 'repo:acme/*' } }),
  })
  RoleArn = Role.Arn
  await call(server.url, server.admin, 'iam', 'PutRolePolicy', {
    RoleName: 'ci',
    PolicyName: 'all',
    PolicyDocument: document({ Effect: 'Allow', Action: '*', Resource: '*' }),
  })
})
after(async () => {
  await issuer.close()
  await server.close()
})
beforeEach(() => issuer.answers.clear())

function document(...Statement: object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement })
}

function trust(Condition: object, Action: string | string[] = 'sts:AssumeRoleWithWebIdentity'): string {
  return document({ Effect: 'Allow', Principal: { Federated: provider }, Action, Condition })
}

const trustNow = (PolicyDocument: string) =>
  call(server.url, server.admin, 'iam', 'UpdateAssumeRolePolicy', { RoleName: 'ci', PolicyDocument })

/** The answer's output, or code, status and sentence of the refusal; unsigned, as the SDKs call it. */
async function assume(WebIdentityToken: string, more: object = {}): Promise<any> {
  const input = { RoleArn, RoleSessionName: 'build-7', WebIdentityToken, ...more }
  const answer = await send(server.url, 'sts', operation, input)
  const error = errorOf('sts', operation, answer)
  if (error) return { ...error, status: answer.status, requestId: answer.requestId }
  const { decodeAnswer } = await import('../../src/cli/client-wire.ts')
  return decodeAnswer('sts', operation, answer)
}

async function assertRefused(token: string | Promise<string>, code: string, message: string | RegExp): Promise<void> {
  const refusal = await assume(await token)
  assert.equal(refusal.code, code, JSON.stringify(refusal))
  if (typeof message === 'string') assert.equal(refusal.message, message)
  else assert.match(refusal.message, message)
  assert.equal(refusal.status, 400)
  const trace = server.world.decisions.get(refusal.requestId)
  assert.deepEqual([trace?.decision, trace?.stage], ['rejected', 'authenticate'])
}

const noKey =
  "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements"
const notAToken = 'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)'

describe('a good token', () => {
  it('gives a session of the role, with what the provider vouches for', async () => {
    const output = await assume(await issuer.token({ amr: ['mfa', 'pwd'] }), { DurationSeconds: 7200 })
    assert.equal(output.SubjectFromWebIdentityToken, 'repo:acme/models')
    assert.equal(output.Audience, 'sts.amazonaws.com')
    assert.equal(output.Provider, provider)
    assert.equal(output.AssumedRoleUser.Arn, `arn:aws:sts::${server.account}:assumed-role/ci/build-7`)
    const { AccessKeyId, SecretAccessKey, SessionToken } = output.Credentials
    const keys = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
    const identity = await call(server.url, keys, 'sts', 'GetCallerIdentity')
    assert.equal(identity.Arn, output.AssumedRoleUser.Arn)
    const trace = server.world.decisions.recent(1)[0]!
    assert.deepEqual(trace.caller?.sessionContext, {
      'aws:FederatedProvider': provider,
      [`${issuer.url}:sub`]: 'repo:acme/models',
      [`${issuer.url}:aud`]: 'sts.amazonaws.com',
      [`${issuer.url}:amr`]: ['mfa', 'pwd'],
    })
  })

  it('carries condition keys on into what the session may do', async () => {
    await call(server.url, server.admin, 'iam', 'PutRolePolicy', {
      RoleName: 'ci',
      PolicyName: 'not-models',
      PolicyDocument: document({
        Effect: 'Deny',
        Action: 'iam:ListUsers',
        Resource: '*',
        Condition: { StringEquals: { [`${issuer.url}:sub`]: 'repo:acme/models' } },
      }),
    })
    const usersFor = async (sub: string) => {
      const { Credentials } = await assume(await issuer.token({ sub }))
      const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials
      const keys = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
      return send(server.url, 'iam', 'ListUsers', {}, { keys })
    }
    assert.equal((await usersFor('repo:acme/site')).status, 200)
    assert.equal((await usersFor('repo:acme/models')).status, 403)
    await call(server.url, server.admin, 'iam', 'DeleteRolePolicy', { RoleName: 'ci', PolicyName: 'not-models' })
  })

  it('may be signed by any key that the issuer publishes, elliptic curves included', async () => {
    const second = await issuer.addKey('second', 'ES256')
    // The keys known so far are too fresh to be asked for again: a provider that is written anew has none.
    trustIssuer(server.world.store, server.account, issuer)
    assert.ok((await assume(await issuer.token({}, { key: second }))).Credentials)
    assert.ok((await assume(await issuer.token())).Credentials)
  })

  it('asks the issuer once, however many come', async () => {
    trustIssuer(server.world.store, server.account, issuer)
    issuer.asked.clear()
    const token = await issuer.token()
    await Promise.all(Array.from({ length: 8 }, () => assume(token)))
    await assume(token)
    assert.deepEqual(
      [...issuer.asked],
      [
        [CONFIGURATION, 1],
        [KEYS, 1],
      ],
    )
  })

  it('whose party is named by azp is for that party', async () => {
    trustIssuer(server.world.store, server.account, issuer, { clientIds: ['app'] })
    const output = await assume(await issuer.token({ aud: 'api', azp: 'app' }))
    assert.equal(output.Audience, 'app')
    await assertRefused(issuer.token({ aud: 'app', azp: 'other' }), 'InvalidIdentityToken', 'Incorrect token audience')
    trustIssuer(server.world.store, server.account, issuer)
  })

  it('brings session tags and a source identity, which need permissions of their own', async () => {
    const claims = {
      'https://aws.amazon.com/tags': {
        principal_tags: { team: ['models'], cost: ['7'] },
        transitive_tag_keys: ['team'],
      },
      'https://aws.amazon.com/source_identity': 'ann',
    }
    const refusal = await assume(await issuer.token(claims))
    assert.deepEqual([refusal.code, refusal.status], ['AccessDenied', 403])
    assert.equal(refusal.message, 'Not authorized to perform sts:TagSession')
    const actions = ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession', 'sts:SetSourceIdentity']
    await trustNow(
      trust(
        {
          StringEquals: { 'aws:RequestTag/team': 'models', 'sts:SourceIdentity': 'ann' },
          'ForAllValues:StringEquals': { 'sts:TransitiveTagKeys': ['team'] },
        },
        actions,
      ),
    )
    const output = await assume(await issuer.token(claims))
    assert.equal(output.SourceIdentity, 'ann')
    assert.ok(output.PackedPolicySize > 0)
    const { AccessKeyId, SecretAccessKey, SessionToken } = output.Credentials
    const keys = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
    await call(server.url, keys, 'sts', 'GetCallerIdentity')
    const { caller } = server.world.decisions.recent(1)[0]!
    assert.deepEqual([caller?.tags, caller?.sourceIdentity], [{ team: 'models', cost: '7' }, 'ann'])
    // The other form of the same claims.
    const flat = {
      'https://aws.amazon.com/tags/principal_tags/team': 'models',
      'https://aws.amazon.com/tags/transitive_tag_keys': ['team'],
      'https://aws.amazon.com/source_identity': 'ann',
    }
    assert.ok((await assume(await issuer.token(flat))).Credentials)
    await assertRefused(
      issuer.token({ ...flat, 'https://aws.amazon.com/source_identity': 'aws:ann' }),
      'InvalidIdentityToken',
      'Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"',
    )
    await trustNow(trust({ StringLike: { [`${issuer.url}:sub`]: 'repo:acme/*' } }))
  })
})

describe('the trust policy decides', () => {
  const denied = {
    code: 'AccessDenied',
    status: 403,
    message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
  }

  /** Returns the explanation. */
  async function assertDenied(token: string, more: object = {}): Promise<any> {
    const { requestId, ...refusal } = await assume(token, more)
    assert.deepEqual(refusal, denied)
    const trace = server.world.decisions.get(requestId)!
    assert.deepEqual([trace.decision, trace.stage, trace.caller?.kind], ['denied', 'authorize', 'anonymous'])
    const { Document } = await call(server.url, server.admin, 'sallyport', 'Explain', { Id: requestId })
    assert.deepEqual([Document.decision, Document.blockers[0].layer], ['denied', 'trust'])
    return Document
  }

  it('by the claims, and what would let them pass lets nobody else', async () => {
    const { fixes } = await assertDenied(await issuer.token({ sub: 'repo:evil/models' }))
    const { Statement } = JSON.parse(fixes[0].call.input.PolicyDocument)
    assert.deepEqual(Statement.at(-1), {
      Effect: 'Allow',
      Principal: { Federated: provider },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: { [`${issuer.url}:aud`]: 'sts.amazonaws.com', [`${issuer.url}:sub`]: 'repo:evil/models' },
      },
    })
  })

  it('by the session name', async () => {
    await trustNow(trust({ StringEquals: { 'sts:RoleSessionName': 'build-8' } }))
    await assertDenied(await issuer.token())
    assert.ok((await assume(await issuer.token(), { RoleSessionName: 'build-8' })).Credentials)
    await trustNow(trust({ StringLike: { [`${issuer.url}:sub`]: 'repo:acme/*' } }))
  })

  it('and a role that is not there looks like one that does not trust', async () => {
    await assertDenied(await issuer.token(), { RoleArn: `arn:aws:iam::${server.account}:role/none` })
  })

  it('and one that trusts AWS principals trusts no token', async () => {
    await trustNow(
      document({ Effect: 'Allow', Principal: { AWS: server.account }, Action: 'sts:AssumeRoleWithWebIdentity' }),
    )
    await assertDenied(await issuer.token())
    await trustNow(trust({ StringLike: { [`${issuer.url}:sub`]: 'repo:acme/*' } }))
  })

  it('within what the role allows', async () => {
    const refusal = await assume(await issuer.token(), { DurationSeconds: 7201 })
    assert.deepEqual(
      [refusal.code, refusal.message],
      ['ValidationError', 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.'],
    )
  })
})

describe('a bad token is refused', () => {
  const now = () => Math.floor(Date.now() / 1000)

  it('that is none', async () => {
    await assertRefused('nothing', 'InvalidIdentityToken', notAToken)
    await assertRefused('a.b.c', 'InvalidIdentityToken', notAToken)
    // The model's limit.
    const { code, message } = await assume('x'.repeat(20_001))
    assert.equal(code, 'ValidationError')
    assert.match(message, /webIdentityToken.*less than or equal to 20000/)
  })

  it('with algorithm none, or a secret in place of a key', async () => {
    const [, payload] = (await issuer.token()).split('.')
    const header = (alg: string) => Buffer.from(JSON.stringify({ alg, kid: 'first' })).toString('base64url')
    await assertRefused(`${header('none')}.${payload}.`, 'InvalidIdentityToken', notAToken)
    await assertRefused(`${header('HS256')}.${payload}.AAAA`, 'InvalidIdentityToken', notAToken)
  })

  it('of an issuer that the account does not know', () =>
    assertRefused(
      issuer.token({ iss: 'https://elsewhere.example.com' }),
      'InvalidIdentityToken',
      'No OpenIDConnect provider found in your account for https://elsewhere.example.com',
    ))

  it("of an issuer that only another account knows: it is the role's account that counts", async () => {
    const refusal = await assume(await issuer.token(), { RoleArn: 'arn:aws:iam::210987654321:role/ci' })
    assert.equal(refusal.message, `No OpenIDConnect provider found in your account for ${issuer.issuer}`)
  })

  it('for another audience', () =>
    assertRefused(issuer.token({ aud: 'elsewhere' }), 'InvalidIdentityToken', 'Incorrect token audience'))

  it('that is expired, too old, or not yet', async () => {
    const exp = now() - 1
    await assertRefused(
      issuer.token({ exp }),
      'ExpiredTokenException',
      /^Token expired: current date\/time \d+ must be before the expiration date\/time\d+$/,
    )
    await assertRefused(issuer.token({ iat: now() - 90_000 }), 'ExpiredTokenException', /^Token too old: 9\d{4}$/)
    await assertRefused(issuer.token({ iat: now() + 600 }), 'InvalidIdentityToken', 'Token is not valid yet')
    await assertRefused(issuer.token({ nbf: now() + 600 }), 'InvalidIdentityToken', 'Token is not valid yet')
  })

  it('that lacks a claim', async () => {
    for (const claim of ['sub', 'aud', 'exp', 'iat']) {
      await assertRefused(
        issuer.token({ [claim]: undefined }),
        'InvalidIdentityToken',
        `Missing a required claim: ${claim}`,
      )
    }
  })

  it('that was tampered with', async () => {
    const [header, payload, signature] = (await issuer.token({ sub: 'repo:evil/x' })).split('.')
    const [, good] = (await issuer.token()).split('.')
    await assertRefused(`${header}.${good}.${signature}`, 'InvalidIdentityToken', 'Token signature is invalid')
    const flipped = `${signature!.startsWith('A') ? 'B' : 'A'}${signature!.slice(1)}`
    await assertRefused(`${header}.${payload}.${flipped}`, 'InvalidIdentityToken', 'Token signature is invalid')
  })

  it('signed with a key that the issuer does not publish, under its name or another', async () => {
    const own = await issuer.addKey('own')
    issuer.keys.pop()
    await assertRefused(
      issuer.token({}, { key: own, kid: 'first' }),
      'InvalidIdentityToken',
      'Token signature is invalid',
    )
    await assertRefused(issuer.token({}, { key: own }), 'InvalidIdentityToken', noKey)
  })

  it('with a request for OAuth 2.0, which is not built', async () => {
    const { code, status } = await assume('Atza|token', { ProviderId: 'www.amazon.com' })
    assert.deepEqual([code, status], ['NotImplemented', 501])
  })
})

describe('an issuer that does not behave', () => {
  /** Each with nothing known of it yet. */
  beforeEach(() => trustIssuer(server.world.store, server.account, issuer))

  const cases: Record<string, [path: string, Parameters<Issuer['answers']['set']>[1]]> = {
    'redirects elsewhere': [
      CONFIGURATION,
      (_, response) => response.writeHead(302, { location: 'https://127.0.0.1:1/x' }).end(),
    ],
    'answers an error': [KEYS, (_, response) => response.writeHead(500).end('{}')],
    'is another issuer': [
      CONFIGURATION,
      (_, response) => response.end(JSON.stringify({ issuer: 'https://a.b', jwks_uri: `${issuer.issuer}${KEYS}` })),
    ],
    'sends us to a host behind our walls': [
      CONFIGURATION,
      (_, response) =>
        response.end(JSON.stringify({ issuer: issuer.issuer, jwks_uri: 'https://169.254.169.254/keys' })),
    ],
    'sends us to a name that means this machine': [
      CONFIGURATION,
      (_, response) => response.end(JSON.stringify({ issuer: issuer.issuer, jwks_uri: 'https://localhost/keys' })),
    ],
    'publishes keys without TLS': [
      CONFIGURATION,
      (_, response) => response.end(JSON.stringify({ issuer: issuer.issuer, jwks_uri: `http://${issuer.url}${KEYS}` })),
    ],
    'answers without end': [KEYS, (_, response) => void response.write(' '.repeat(600_000))],
    'answers no JSON': [KEYS, (_, response) => response.end('<html>')],
    'has no keys': [KEYS, (_, response) => response.end('{"keys":[]}')],
    'has a key that is none': [
      KEYS,
      (_, response) => response.end('{"keys":[{"kid":"first","kty":"RSA","alg":"RS256","n":"AA","e":"AQAB"}]}'),
    ],
    'hangs up': [CONFIGURATION, (request) => request.socket.destroy()],
  }
  for (const [name, [path, answer]] of Object.entries(cases)) {
    it(name, async () => {
      issuer.answers.set(path, answer)
      await assertRefused(issuer.token(), 'InvalidIdentityToken', noKey)
      // And is believed again as soon as it behaves.
      issuer.answers.clear()
      if (path === CONFIGURATION) assert.ok((await assume(await issuer.token())).Credentials)
    })
  }

  it('is too slow: five seconds, no more', async () => {
    issuer.answers.set(CONFIGURATION, () => {})
    await assertRefused(issuer.token(), 'InvalidIdentityToken', noKey)
  })

  it('is not there', async () => {
    const gone = await startIssuer()
    trustIssuer(server.world.store, server.account, gone)
    const token = await gone.token()
    await gone.close()
    await assertRefused(token, 'InvalidIdentityToken', noKey)
  })
})

describe("the server's certificate", () => {
  const mismatch = "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint"

  async function tokenOf(
    chain: Parameters<typeof startIssuer>[0],
    changes: { thumbprint?: string } = {},
  ): Promise<Awaited<ReturnType<typeof assume>>> {
    const other = await startIssuer(chain)
    try {
      trustIssuer(server.world.store, server.account, { ...other, ...changes })
      return await assume(await other.token())
    } finally {
      await other.close()
    }
  }

  const root = makeCertificate({ name: 'root', authority: true })
  const middle = makeCertificate({ name: 'middle', by: root, authority: true })
  const leaf = makeCertificate({ name: 'leaf', by: middle, addresses: ['127.0.0.1'] })

  it('is good by the thumbprint of the topmost that is shown, root or not', async () => {
    // The role trusts another provider, so it is refused by the trust policy and not before.
    const reached = 'Not authorized to perform sts:AssumeRoleWithWebIdentity'
    assert.equal((await tokenOf({ leaf, shown: [middle, root] })).message, reached)
    assert.equal((await tokenOf({ leaf, shown: [middle] })).message, reached)
  })

  it('is not good by any other', async () => {
    assert.equal((await tokenOf(undefined, { thumbprint: '0'.repeat(40) })).message, mismatch)
    assert.equal((await tokenOf({ leaf, shown: [middle, root] }, { thumbprint: leaf.thumbprint })).message, mismatch)
  })

  it('is not good by a root that is shown and did not sign', async () => {
    const forged = makeCertificate({
      name: 'leaf',
      by: { ...makeCertificate({ name: 'root' }) },
      addresses: ['127.0.0.1'],
    })
    const { message } = await tokenOf({ leaf: forged, shown: [root] })
    assert.ok(message === noKey || message === mismatch, message)
  })

  it('is for that host, and of today', async () => {
    const elsewhere = makeCertificate({ name: 'x', hosts: ['elsewhere.example.com'] })
    const past = makeCertificate({ name: 'x', addresses: ['127.0.0.1'], to: '20210101' })
    assert.equal((await tokenOf({ leaf: elsewhere, shown: [] })).message, noKey)
    assert.equal((await tokenOf({ leaf: past, shown: [] })).message, noKey)
  })
})
