/** AssumeRoleWithSAML over the wire: what an identity provider signed counts, and nothing that was put around it. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { decodeAnswer } from '../../src/cli/client-wire.ts'
import { providerKey, SAML_PROVIDERS, type SamlProvider } from '../../src/services/iam/identity-providers.ts'
import { call, errorOf, send } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import {
  assertionXml,
  encoded,
  ENTITY,
  metadataOf,
  newKey,
  responseXml,
  signed,
  type Assertion,
} from './identity-provider.ts'

const key = newKey()
const nextKey = newKey()
const strangersKey = newKey()

let server: TestServer
let PrincipalArn: string
let RoleArn: string

before(async () => {
  server = await startTestServer()
  PrincipalArn = `arn:aws:iam::${server.account}:saml-provider/Example`
  RoleArn = `arn:aws:iam::${server.account}:role/staff`
  trustProvider({})
  await call(server.url, server.admin, 'iam', 'CreateRole', {
    RoleName: 'staff',
    MaxSessionDuration: 7200,
    AssumeRolePolicyDocument: trust({ StringEquals: { 'saml:aud': 'https://signin.aws.amazon.com/saml' } }),
  })
})
after(() => server.close())

function trustProvider(changes: Partial<SamlProvider>): void {
  server.world.store.put<SamlProvider>(SAML_PROVIDERS, providerKey(PrincipalArn), {
    account: server.account,
    name: 'Example',
    arn: PrincipalArn,
    uuid: 'uuid',
    metadata: metadataOf([key, nextKey]),
    validUntil: Math.floor(Date.now() / 1000) + 3600,
    createDate: 0,
    tags: [],
    ...changes,
  })
}

function trust(Condition: object, Action: string | string[] = 'sts:AssumeRoleWithSAML'): string {
  const Statement = [{ Effect: 'Allow', Principal: { Federated: PrincipalArn }, Action, Condition }]
  return JSON.stringify({ Version: '2012-10-17', Statement })
}

const trustNow = (PolicyDocument: string) =>
  call(server.url, server.admin, 'iam', 'UpdateAssumeRolePolicy', { RoleName: 'staff', PolicyDocument })

const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000)
const attribute = (name: string) => `https://aws.amazon.com/SAML/Attributes/${name}`

function assertion(changes: Partial<Assertion> = {}, attributes: Record<string, string[] | undefined> = {}): Assertion {
  const all = {
    [attribute('Role')]: [`${RoleArn},${PrincipalArn}`, `arn:aws:iam::${server.account}:role/other, ${PrincipalArn}`],
    [attribute('RoleSessionName')]: ['ann@example.com'],
    ...attributes,
  }
  return {
    subject: 'ann',
    format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    issuer: ENTITY,
    audience: 'https://signin.aws.amazon.com/saml',
    recipient: 'https://signin.aws.amazon.com/saml',
    issued: new Date(),
    notBefore: inMinutes(-1),
    notOnOrAfter: inMinutes(4),
    ...changes,
    attributes: Object.fromEntries(
      Object.entries(all).flatMap(([name, values]) => (values ? [[name, values] as const] : [])),
    ),
  }
}

/** An assertion signed and wrapped, as it goes into the request. */
const good = (...parts: Parameters<typeof assertion>) => responseXml(signed(assertionXml(assertion(...parts)), key))

async function assume(xml: string, more: object = {}): Promise<any> {
  const input = { RoleArn, PrincipalArn, SAMLAssertion: encoded(xml), ...more }
  const answer = await send(server.url, 'sts', 'AssumeRoleWithSAML', input)
  const error = errorOf('sts', 'AssumeRoleWithSAML', answer)
  if (error) return { ...error, status: answer.status, requestId: answer.requestId }
  return decodeAnswer('sts', 'AssumeRoleWithSAML', answer)
}

async function assertRefused(xml: string, message: string, code = 'InvalidIdentityToken', more: object = {}) {
  const refusal = await assume(xml, more)
  assert.deepEqual([refusal.code, refusal.message], [code, message])
  assert.equal(refusal.status, 400)
}

describe('a good response', () => {
  it('gives a session, and tells what it was given for', async () => {
    const output = await assume(good())
    const { Credentials, AssumedRoleUser, SessionTokenSize, SessionTokenUtilization, ...rest } = output
    assert.equal(AssumedRoleUser.Arn, `arn:aws:sts::${server.account}:assumed-role/staff/ann@example.com`)
    assert.ok(SessionTokenSize > 0 && SessionTokenUtilization > 0)
    assert.deepEqual(rest, {
      Subject: 'ann',
      SubjectType: 'persistent',
      Issuer: ENTITY,
      Audience: 'https://signin.aws.amazon.com/saml',
      // BASE64 ( SHA1 ( issuer + account + "/" + name ) ): the API reference.
      NameQualifier: createHash('sha1').update(`${ENTITY}${server.account}/Example`).digest('base64'),
    })
    const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials
    const keys = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
    await call(server.url, keys, 'sts', 'GetCallerIdentity')
    const { caller } = server.world.decisions.recent(1)[0]!
    assert.deepEqual(caller?.sessionContext, {
      'aws:FederatedProvider': PrincipalArn,
      'saml:aud': 'https://signin.aws.amazon.com/saml',
      'saml:iss': ENTITY,
      'saml:sub': 'ann',
      'saml:sub_type': 'persistent',
      'saml:namequalifier': rest.NameQualifier,
      'saml:doc': `${server.account}/Example`,
    })
  })

  it('may be signed as a whole, and by any of the keys of the metadata', async () => {
    assert.ok((await assume(signed(responseXml(assertionXml(assertion())), key, 'Response'))).Credentials)
    assert.ok((await assume(responseXml(signed(assertionXml(assertion()), nextKey)))).Credentials)
    const twice = signed(responseXml(signed(assertionXml(assertion()), key)), key, 'Response')
    assert.ok((await assume(twice)).Credentials)
  })

  it('for the other audience and a regional sign-in', async () => {
    await trustNow(trust({ StringLike: { 'saml:aud': 'https://*signin.aws.amazon.com/saml' } }))
    const regional = { audience: 'urn:amazon:webservices', recipient: 'https://eu-west-1.signin.aws.amazon.com/saml' }
    assert.equal((await assume(good(regional))).Audience, regional.recipient)
  })

  it('lives as long as is asked for, the response says, or the identity provider allows', async () => {
    const seconds = async (xml: string, more?: object) => {
      const { Credentials } = await assume(xml, more)
      return Math.round((Credentials.Expiration - Date.now() / 1000) / 60)
    }
    assert.equal(await seconds(good()), 60)
    assert.equal(await seconds(good({}, { [attribute('SessionDuration')]: ['7200'] })), 120)
    assert.equal(await seconds(good({}, { [attribute('SessionDuration')]: ['7200'] }), { DurationSeconds: 900 }), 15)
    assert.equal(await seconds(good({ sessionNotOnOrAfter: inMinutes(30) })), 30)
    await assertRefused(
      good(),
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
      'ValidationError',
      { DurationSeconds: 7201 },
    )
  })

  it('brings tags, a source identity and attributes of the directory', async () => {
    const attributes = {
      [attribute('PrincipalTag:team')]: ['models'],
      [attribute('TransitiveTagKeys')]: ['team'],
      [attribute('SourceIdentity')]: ['ann'],
      'urn:oid:1.3.6.1.4.1.5923.1.1.1.1': ['staff', 'member'],
    }
    const { code, message } = await assume(good({}, attributes))
    assert.deepEqual([code, message], ['AccessDenied', 'Not authorized to perform sts:TagSession'])
    await trustNow(
      trust({ 'ForAnyValue:StringEquals': { 'saml:edupersonaffiliation': 'staff' } }, [
        'sts:AssumeRoleWithSAML',
        'sts:TagSession',
        'sts:SetSourceIdentity',
      ]),
    )
    assert.equal((await assume(good({}, attributes))).SourceIdentity, 'ann')
    assert.equal((await assume(good())).message, 'Not authorized to perform sts:AssumeRoleWithSAML')
    await trustNow(trust({ StringEquals: { 'saml:aud': 'https://signin.aws.amazon.com/saml' } }))
  })
})

describe('what decides is the trust policy', () => {
  it('and the provider, who must have named the role', async () => {
    const denied = ['AccessDenied', 'Not authorized to perform sts:AssumeRoleWithSAML', 403]
    const other = await assume(good(), { RoleArn: `arn:aws:iam::${server.account}:role/third` })
    assert.deepEqual([other.code, other.message, other.status], denied)
    // Named, but not there.
    const missing = await assume(good(), { RoleArn: `arn:aws:iam::${server.account}:role/other` })
    assert.deepEqual([missing.code, missing.message, missing.status], denied)
    await trustNow(trust({ StringEquals: { 'saml:sub': 'bea' } }))
    const untrusted = await assume(good())
    assert.deepEqual([untrusted.code, untrusted.message, untrusted.status], denied)
    await trustNow(trust({ StringEquals: { 'saml:aud': 'https://signin.aws.amazon.com/saml' } }))
  })
})

describe('a response is refused', () => {
  const badSignature = 'Response signature invalid'

  it('of an unknown provider, or one whose metadata is out of date', async () => {
    await assertRefused(good(), "Specified provider doesn't exist", 'InvalidIdentityToken', {
      PrincipalArn: `arn:aws:iam::${server.account}:saml-provider/Other`,
    })
    trustProvider({ validUntil: 1 })
    await assertRefused(good(), 'The metadata of the specified provider has expired')
    trustProvider({})
  })

  it('without a signature, or with that of a stranger, however it vouches for itself', async () => {
    await assertRefused(responseXml(assertionXml(assertion())), badSignature)
    await assertRefused(responseXml(signed(assertionXml(assertion()), strangersKey)), badSignature)
  })

  it('that was changed after it was signed', async () => {
    await assertRefused(good().replace('>ann<', '>bea<'), badSignature)
    await assertRefused(good().replace('ann@example.com', 'root@example.com'), badSignature)
  })

  it('with another assertion beside, around or within the signed one', async () => {
    const evil = assertionXml(assertion({ subject: 'root' }), '_evil')
    const honest = signed(assertionXml(assertion()), key)
    await assertRefused(responseXml(evil + honest), badSignature)
    await assertRefused(responseXml(honest + evil), badSignature)
    await assertRefused(responseXml(evil.replace('</saml:Subject>', `</saml:Subject>${honest}`)), badSignature)
    // The signature moved to an assertion of the attacker's, the signed one hidden in it.
    const [, signature = ''] = /(<Signature.*<\/Signature>)/s.exec(honest) ?? []
    const moved = evil.replace('<saml:Issuer>', `${signature}<saml:Issuer>`)
    await assertRefused(responseXml(moved), badSignature)
    const hidden = honest.replace(signature, '')
    await assertRefused(
      responseXml(
        moved.replace(signature, signature.replace('</Signature>', `<Object>${hidden}</Object></Signature>`)),
      ),
      badSignature,
    )
    // The same id twice.
    await assertRefused(responseXml(honest).replace('<samlp:Status>', '<samlp:Status ID="_assertion">'), badSignature)
  })

  it('whose signature is about something else', async () => {
    const status = signed(
      responseXml(assertionXml(assertion())).replace('<samlp:Status>', '<samlp:Status ID="_status">'),
      key,
      'Response',
    )
    // Signed is the response; then the reference is turned to a part of it.
    await assertRefused(status.replace('URI="#_response"', 'URI="#_status"'), badSignature)
    await assertRefused(status.replace('URI="#_response"', 'URI=""'), badSignature)
  })

  it('that is dearer to check than to send', async () => {
    const wide = good().replace('<saml:Subject>', `${'<saml:Advice/>'.repeat(3000)}<saml:Subject>`)
    await assertRefused(wide, 'Invalid SAML response')
    const transform = '<Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>'
    await assertRefused(good().replace('<Transforms>', `<Transforms>${transform.repeat(500)}`), badSignature)
    const xpath = '<Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"/>'
    await assertRefused(good().replace('<Transforms>', `<Transforms>${xpath}`), badSignature)
    assert.match(good(), /<Transforms>/)
  })

  it('and a comment does not cut a name short', async () => {
    const cut = good({ subject: 'ann<!-- -->x' })
    assert.equal((await assume(cut)).Subject, 'annx')
  })

  it('with a document type, that is no XML, or no base64', async () => {
    const bomb = `<!DOCTYPE x [<!ENTITY a "b">]>${good().replace('>ann<', '>&a;<')}`
    await assertRefused(bomb, 'Invalid SAML response')
    await assertRefused('<not', 'Invalid SAML response')
    await assertRefused('<other/>', badSignature)
    await assertRefused('', 'Invalid base64 SAMLResponse', 'InvalidIdentityToken', { SAMLAssertion: '*****' })
    const { code } = await assume('x'.repeat(100_000))
    assert.equal(code, 'ValidationError')
  })

  it('of another issuer than the provider', async () => {
    const { code, message, requestId } = await assume(good({ issuer: 'https://elsewhere.example.com' }))
    assert.equal(code, 'InvalidIdentityToken')
    assert.equal(
      message,
      `Issuer not present in specified provider (Service: AWSOpenIdDiscoveryService; Status Code: 400; Error Code: AuthSamlInvalidSamlResponseException; Request ID: ${requestId}; Proxy: null)`,
    )
  })

  it('for somebody else', async () => {
    await assertRefused(good({ audience: 'https://example.com' }), 'Response does not contain the required audience.')
    await assertRefused(good({ recipient: 'https://example.com' }), 'Response does not contain the required recipient.')
    const disguised = 'https://signin.aws.amazon.com.example.com/saml'
    await assertRefused(good({ recipient: disguised }), 'Response does not contain the required recipient.')
  })

  it('too late, or too early', async () => {
    const late = 'Token must be redeemed within 5 minutes of issuance'
    await assertRefused(good({ notOnOrAfter: inMinutes(-1) }), late, 'ExpiredTokenException')
    await assertRefused(good({ issued: inMinutes(-6) }), late, 'ExpiredTokenException')
    await assertRefused(good({ notBefore: inMinutes(10), notOnOrAfter: inMinutes(20) }), 'Response is not valid yet')
  })

  it('without what AWS needs to know', async () => {
    const without = (name: string) => good({}, { [attribute(name)]: undefined })
    await assertRefused(without('RoleSessionName'), 'RoleSessionName is required in AuthnResponse')
    await assertRefused(without('Role'), 'Role is required in AuthnResponse')
    await assertRefused(
      good({}, { [attribute('RoleSessionName')]: ['not a name'] }),
      'RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}',
    )
    await assertRefused(
      good({}, { [attribute('SourceIdentity')]: ['aws:ann'] }),
      'Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"',
    )
  })
})
