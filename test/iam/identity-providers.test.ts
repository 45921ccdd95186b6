import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { findSamlProvider } from '../../src/services/iam/identity-providers.ts'
import { account, newAccount, refused, refusedLater } from './account.ts'
import { leaf } from './certificates.ts'
import { samlMetadata } from './saml-metadata.ts'

const arn = (rest: string) => `arn:aws:iam::${account}:${rest}`

describe('OpenID Connect providers', () => {
  const Url = 'https://Token.example.com:8443/realms/team'
  const OpenIDConnectProviderArn = arn('oidc-provider/Token.example.com:8443/realms/team')
  const provider = { OpenIDConnectProviderArn }
  const notFound = `OpenIDConnect Provider not found for arn ${OpenIDConnectProviderArn}`

  it('are made, read, listed, changed and deleted', () => {
    const { act, clock } = newAccount()
    const made = act('admin', 'CreateOpenIDConnectProvider', {
      Url,
      ClientIDList: ['app'],
      ThumbprintList: ['AB'.repeat(20)],
      Tags: [{ Key: 'Color', Value: 'red' }],
    })
    assert.deepEqual(made, { ...provider, Tags: [{ Key: 'Color', Value: 'red' }] })
    act('admin', 'AddClientIDToOpenIDConnectProvider', { ...provider, ClientID: 'other' })
    act('admin', 'AddClientIDToOpenIDConnectProvider', { ...provider, ClientID: 'other' })
    act('admin', 'RemoveClientIDFromOpenIDConnectProvider', { ...provider, ClientID: 'app' })
    act('admin', 'RemoveClientIDFromOpenIDConnectProvider', { ...provider, ClientID: 'never' })
    act('admin', 'UpdateOpenIDConnectProviderThumbprint', { ...provider, ThumbprintList: ['c'.repeat(40)] })
    act('admin', 'UntagOpenIDConnectProvider', { ...provider, TagKeys: ['Color'] })
    assert.deepEqual(act('admin', 'GetOpenIDConnectProvider', provider), {
      Url: 'Token.example.com:8443/realms/team',
      ClientIDList: ['other'],
      ThumbprintList: ['c'.repeat(40)],
      CreateDate: clock.now / 1000,
      Tags: [],
    })
    assert.deepEqual(act('admin', 'ListOpenIDConnectProviders').OpenIDConnectProviderList, [
      { Arn: OpenIDConnectProviderArn },
    ])
    act('admin', 'DeleteOpenIDConnectProvider', provider)
    refused(() => act('admin', 'GetOpenIDConnectProvider', provider), 'NoSuchEntity', notFound, 404)
    refused(
      () => act('admin', 'DeleteOpenIDConnectProvider', provider),
      'NoSuchEntity',
      `OpenId connect Provider ${OpenIDConnectProviderArn} cannot be found.`,
      404,
    )
  })

  it('keep to their limits', () => {
    const { act } = newAccount()
    const create = (more: object) => () => act('admin', 'CreateOpenIDConnectProvider', { Url, ...more })
    for (const bad of ['http://example.com', 'example.com', 'https://example.com?x=1', 'https://', 'https://a b.com']) {
      refused(create({ Url: bad }), 'ValidationError', 'Invalid Open ID Connect Provider URL', 400)
    }
    const thumbprints = Array.from({ length: 6 }, (_, n) => String(n).repeat(40))
    refused(
      create({ ThumbprintList: thumbprints }),
      'InvalidInput',
      'Thumbprint list must contain fewer than 5 entries.',
      400,
    )
    refused(create({ ThumbprintList: ['x'.repeat(40)] }), 'InvalidInput', /thumbprint/, 400)
    const many = Array.from({ length: 101 }, (_, n) => `app${n}`)
    const quota = 'Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100'
    refused(create({ ClientIDList: many }), 'LimitExceeded', quota, 409)
    create({ ClientIDList: many.slice(1) })()
    refused(create({}), 'EntityAlreadyExists', `Provider with url ${Url} already exists.`, 409)
    refused(
      () => act('admin', 'AddClientIDToOpenIDConnectProvider', { ...provider, ClientID: 'one more' }),
      'LimitExceeded',
      quota,
      409,
    )
  })

  it('can be governed by their tags', () => {
    const { act, user } = newAccount()
    const red = { StringEquals: { 'aws:ResourceTag/Color': 'red' } }
    const key = user('ann', { Effect: 'Allow', Action: 'iam:*OpenIDConnectProvider', Resource: '*', Condition: red })
    act('admin', 'CreateOpenIDConnectProvider', { Url })
    refused(() => act(key, 'GetOpenIDConnectProvider', provider), 'AccessDenied', /on resource: arn:aws:iam::/, 403)
    act('admin', 'TagOpenIDConnectProvider', { ...provider, Tags: [{ Key: 'Color', Value: 'red' }] })
    act(key, 'GetOpenIDConnectProvider', provider)
  })

  it('need the right to tag what is made with tags', () => {
    const { act, user } = newAccount()
    const key = user('ann', { Effect: 'Allow', Action: 'iam:CreateOpenIDConnectProvider', Resource: '*' })
    refused(
      () => act(key, 'CreateOpenIDConnectProvider', { Url, Tags: [{ Key: 'a', Value: 'b' }] }),
      'AccessDenied',
      /iam:TagOpenIDConnectProvider/,
      403,
    )
    act(key, 'CreateOpenIDConnectProvider', { Url })
  })
})

describe('SAML providers', () => {
  const SAMLProviderArn = arn('saml-provider/corp')
  const provider = { SAMLProviderArn }
  const notFound = `Manifest not found for arn ${SAMLProviderArn}`
  const seconds = (date: string) => Date.parse(date) / 1000

  it('are made, read, listed, changed and deleted', async () => {
    const { act, clock, store } = newAccount()
    const first = samlMetadata()
    const made = await act('admin', 'CreateSAMLProvider', { Name: 'corp', SAMLMetadataDocument: first })
    assert.deepEqual(made, provider)
    const got = act('admin', 'GetSAMLProvider', provider)
    assert.match(got.SAMLProviderUUID, /^[A-Z0-9]{22,64}$/)
    assert.equal(got.SAMLMetadataDocument, first)
    // The authority's own end.
    assert.equal(new Date(got.ValidUntil * 1000).getUTCFullYear(), 2126)
    const SAMLMetadataDocument = samlMetadata({
      validUntil: 'validUntil="2030-01-01T00:00:00Z"',
      use: '',
      certificate: leaf,
    })
    assert.deepEqual(await act('admin', 'UpdateSAMLProvider', { ...provider, SAMLMetadataDocument }), provider)
    assert.deepEqual(act('admin', 'ListSAMLProviders').SAMLProviderList, [
      { Arn: SAMLProviderArn, ValidUntil: seconds('2030-01-01T00:00:00Z'), CreateDate: clock.now / 1000 },
    ])
    assert.equal(findSamlProvider(store, SAMLProviderArn)?.metadata, SAMLMetadataDocument)
    act('admin', 'TagSAMLProvider', { ...provider, Tags: [{ Key: 'a', Value: 'b' }] })
    assert.deepEqual(act('admin', 'ListSAMLProviderTags', provider).Tags, [{ Key: 'a', Value: 'b' }])
    act('admin', 'DeleteSAMLProvider', provider)
    for (const operation of ['GetSAMLProvider', 'DeleteSAMLProvider']) {
      refused(() => act('admin', operation, provider), 'NoSuchEntity', notFound, 404)
    }
  })

  const broken: [what: string, document: string][] = [
    ['no XML', samlMetadata().slice(0, -30)],
    ['a document type', samlMetadata().replace('?>', '?><!DOCTYPE x [<!ENTITY e "x">]>')],
    ['another root', samlMetadata().replaceAll('EntityDescriptor', 'EntitiesDescriptor')],
    ['no issuer', samlMetadata().replace(/entityID="[^"]+"/, '')],
    ['no identity provider', samlMetadata().replaceAll('IDPSSODescriptor', 'SPSSODescriptor')],
    ['no certificate for signing', samlMetadata({ use: 'use="encryption"' })],
    ['a certificate that is none', samlMetadata({ certificate: 'AAAA' })],
    ['an end that is no date', samlMetadata({ validUntil: 'validUntil="soon"' })],
  ]
  for (const [what, SAMLMetadataDocument] of broken) {
    it(`refuse metadata with ${what}`, async () => {
      const { act } = newAccount()
      const creating = act('admin', 'CreateSAMLProvider', { Name: 'corp', SAMLMetadataDocument })
      await refusedLater(creating, 'InvalidInput', 'Could not parse metadata', 400)
    })
  }

  it('are one of a name, and open no encrypted assertions', async () => {
    const { act } = newAccount()
    const create = (more: object) =>
      act('admin', 'CreateSAMLProvider', { Name: 'corp', SAMLMetadataDocument: samlMetadata(), ...more })
    await create({ AssertionEncryptionMode: 'Allowed' })
    await refusedLater(create({}), 'EntityAlreadyExists', 'Provider with name corp already exists.', 409)
    await refusedLater(
      create({ Name: 'x', AssertionEncryptionMode: 'Required' }),
      'NotImplemented',
      /^AssertionEncryptionMode/,
      501,
    )
  })

  it('count among the providers of the account', async () => {
    const { act } = newAccount()
    await act('admin', 'CreateSAMLProvider', { Name: 'corp', SAMLMetadataDocument: samlMetadata() })
    act('admin', 'CreateOpenIDConnectProvider', { Url: 'https://example.com' })
    assert.equal(act('admin', 'GetAccountSummary').SummaryMap.Providers, 2)
  })
})
