/** Who comes by an identity provider, and tries to be taken for more than it vouches for. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { providerKey, SAML_PROVIDERS, type SamlProvider } from '../../src/services/iam/identity-providers.ts'
import { errorOf, send } from '../support/call.ts'
import { type Member, policy } from '../organizations/estate.ts'
import { assertionXml, encoded, ENTITY, metadataOf, newKey, responseXml, signed } from '../sts/identity-provider.ts'
import { type Issuer, startIssuer, trustIssuer } from '../sts/issuer.ts'
import { type Lab, newLab } from './lab.ts'

let lab: Lab
let issuer: Issuer
let member: Member
let provider: string

before(async () => {
  lab = await newLab()
  issuer = await startIssuer()
  member = await lab.estate.account('federated')
  provider = trustIssuer(lab.server.world.store, member.id, issuer)
})
after(async () => {
  await issuer.close()
  await lab.server.close()
})

async function role(RoleName: string, ...statements: object[]): Promise<string> {
  await lab.iam('CreateRole', { RoleName, AssumeRolePolicyDocument: policy(...statements) }, member.keys)
  return `arn:aws:iam::${member.id}:role/${RoleName}`
}

/** Unsigned, as the SDKs call it. */
async function bring(operation: string, input: object): Promise<{ code: string; message: string; requestId: string }> {
  const answer = await send(lab.server.url, 'sts', operation, input)
  return { code: 'done', message: '', ...errorOf('sts', operation, answer), requestId: answer.requestId }
}

const byToken = async (RoleArn: string, claims: Record<string, unknown> = {}) =>
  bring('AssumeRoleWithWebIdentity', {
    RoleArn,
    RoleSessionName: 'build-7',
    WebIdentityToken: await issuer.token(claims),
  })

const everyone = { Effect: 'Allow', Principal: '*', Action: 'sts:*' }

describe('a role that trusts everyone', () => {
  it('does not trust whom a provider vouches for that it does not name', async () => {
    assert.equal((await byToken(await role('open', everyone))).code, 'AccessDenied')
    assert.equal((await byToken(await role('open-too', { ...everyone, Principal: { AWS: '*' } }))).code, 'AccessDenied')
    const both = { ...everyone, Principal: { AWS: '*', Federated: provider } }
    assert.equal((await byToken(await role('named', both))).code, 'done')
  })

  it('and denies everyone, denies them as well', async () => {
    const named = { ...everyone, Principal: { Federated: provider } }
    const Condition = { StringEquals: { [`${issuer.url}:sub`]: 'mallory' } }
    const RoleArn = await role('but-mallory', named, { ...everyone, Effect: 'Deny', Condition })
    assert.equal((await byToken(RoleArn)).code, 'done')
    assert.equal((await byToken(RoleArn, { sub: 'mallory' })).code, 'AccessDenied')
  })
})

describe('a SAML provider', () => {
  it('sends nobody to roles of another account, though they name it', async () => {
    const key = newKey()
    const arnIn = (account: string) => `arn:aws:iam::${account}:saml-provider/Idp`
    const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000)
    const Federated = [lab.server.account, member.id].map(arnIn)
    const RoleArn = await role('staff', { Effect: 'Allow', Principal: { Federated }, Action: 'sts:AssumeRoleWithSAML' })
    const bySaml = (account: string) => {
      const arn = arnIn(account)
      const saved = { account, name: 'Idp', arn, uuid: account, metadata: metadataOf([key]), createDate: 0, tags: [] }
      const validUntil = Math.floor(Date.now() / 1000) + 3600
      lab.server.world.store.put<SamlProvider>(SAML_PROVIDERS, providerKey(arn), { ...saved, validUntil })
      const assertion = assertionXml({
        subject: 'ann',
        format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
        issuer: ENTITY,
        audience: 'https://signin.aws.amazon.com/saml',
        recipient: 'https://signin.aws.amazon.com/saml',
        issued: new Date(),
        notBefore: inMinutes(-1),
        notOnOrAfter: inMinutes(4),
        attributes: {
          'https://aws.amazon.com/SAML/Attributes/Role': [`${RoleArn},${arn}`],
          'https://aws.amazon.com/SAML/Attributes/RoleSessionName': ['ann'],
        },
      })
      const SAMLAssertion = encoded(responseXml(signed(assertion, key)))
      return bring('AssumeRoleWithSAML', { RoleArn, PrincipalArn: arn, SAMLAssertion })
    }
    assert.equal((await bySaml(lab.server.account)).code, 'AccessDenied')
    assert.equal((await bySaml(member.id)).code, 'done')
  })
})

describe('a call by a token', () => {
  it('is told of to the account of the role, and to no other', async () => {
    const { server, tried } = lab
    const { requestId: Id } = await byToken(await role('watched', everyone))
    assert.equal(await tried(server.admin, 'sallyport', 'Explain', { Id }), 'ResourceNotFoundException')
    assert.equal(await tried(member.keys, 'sallyport', 'Explain', { Id }), 'done')
    // What names no account of this server is the server's own business.
    for (const RoleArn of ['arn:aws:iam::999999999999:role/x', `x${member.id}:role/watched-by-nobody`]) {
      const { requestId } = await byToken(RoleArn)
      assert.equal(await tried(server.admin, 'sallyport', 'Explain', { Id: requestId }), 'done', RoleArn)
    }
  })
})

describe('the URL of an OpenID Connect provider', () => {
  it('is no name that condition keys begin with', async () => {
    const make = (Url: string) => lab.tried(member.keys, 'iam', 'CreateOpenIDConnectProvider', { Url })
    const wrong = ['saml', 'SAML/x', 'aws', 'sts:443', '%73aml', 'saml\\.example.com', 'aws:x@example.com', '/saml']
    for (const host of wrong) assert.equal(await make(`https://${host}`), 'ValidationError', host)
    assert.equal(await make('https:saml.example.com'), 'ValidationError')
    const right = ['token.example.com', 'token.example.com:8443/realm', 'localhost:8443', '[::1]:8443', '127.0.0.1']
    for (const host of right) assert.equal(await make(`https://${host}`), 'done', host)
  })

  it('counts for nothing where one was written down before', async () => {
    trustIssuer(lab.server.world.store, member.id, { url: 'saml', thumbprint: issuer.thumbprint })
    const { message } = await byToken(await role('saml', everyone), { iss: 'https://saml' })
    assert.equal(message, 'No OpenIDConnect provider found in your account for https://saml')
  })
})
