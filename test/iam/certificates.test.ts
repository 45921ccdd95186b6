import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { account, newAccount, refused } from './account.ts'
import { authority, leaf, leafKey, other, sshFingerprint, sshKey, sshKeyPem, third } from './certificates.ts'

const ServerCertificateName = 'site'
const site = { ServerCertificateName }
const arn = (rest: string) => `arn:aws:iam::${account}:${rest}`

describe('server certificates', () => {
  const upload = { ...site, CertificateBody: leaf, PrivateKey: leafKey }
  const missing = 'The Server Certificate with name site cannot be found.'

  it('are uploaded, read, listed, renamed and deleted', () => {
    const { act, clock, store } = newAccount()
    const { ServerCertificateMetadata: made } = act('admin', 'UploadServerCertificate', {
      ...upload,
      Path: '/cloudfront/',
      CertificateChain: authority,
    })
    assert.match(made.ServerCertificateId, /^ASCA[A-Z2-7]{17}$/)
    assert.deepEqual(
      [made.Arn, made.UploadDate, new Date(made.Expiration * 1000).toISOString()],
      [arn('server-certificate/cloudfront/site'), clock.now / 1000, '2125-06-17T13:52:25.000Z'],
    )
    assert.ok(!JSON.stringify(store.list('iam/server-certificate')).includes('PRIVATE KEY'))
    assert.deepEqual(act('admin', 'GetServerCertificate', site).ServerCertificate, {
      ServerCertificateMetadata: made,
      CertificateBody: leaf,
      CertificateChain: authority,
      Tags: [],
    })
    const names = (PathPrefix?: string) =>
      act('admin', 'ListServerCertificates', { PathPrefix }).ServerCertificateMetadataList.map(
        (one: any) => one.ServerCertificateName,
      )
    assert.deepEqual([names(), names('/cloudfront/'), names('/else/')], [['site'], ['site'], []])
    act('admin', 'UpdateServerCertificate', { ...site, NewServerCertificateName: 'Shop', NewPath: '/' })
    refused(() => act('admin', 'GetServerCertificate', site), 'NoSuchEntity', missing, 404)
    const shop = { ServerCertificateName: 'shop' }
    const { ServerCertificateMetadata: moved } = act('admin', 'GetServerCertificate', shop).ServerCertificate
    assert.deepEqual([moved.Arn, moved.ServerCertificateId], [arn('server-certificate/Shop'), made.ServerCertificateId])
    act('admin', 'TagServerCertificate', { ...shop, Tags: [{ Key: 'a', Value: 'b' }] })
    assert.deepEqual(act('admin', 'ListServerCertificateTags', shop).Tags, [{ Key: 'a', Value: 'b' }])
    act('admin', 'DeleteServerCertificate', shop)
    assert.equal(act('admin', 'GetAccountSummary').SummaryMap.ServerCertificates, 0)
    refused(() => act('admin', 'DeleteServerCertificate', site), 'NoSuchEntity', missing, 404)
  })

  it('are what they say they are', () => {
    const { act } = newAccount()
    const refuse = (more: object, code: string, message: string | RegExp, status = 400) =>
      refused(() => act('admin', 'UploadServerCertificate', { ...upload, ...more }), code, message, status)
    const unparsable = 'Unable to parse certificate. Please ensure the certificate is in PEM format.'
    refuse({ CertificateBody: 'none' }, 'MalformedCertificate', unparsable)
    refuse({ CertificateBody: `${leaf}${authority}` }, 'MalformedCertificate', unparsable)
    refuse({ PrivateKey: 'none' }, 'MalformedCertificate', /private key/)
    refuse({ CertificateBody: other }, 'KeyPairMismatch', /./)
    refuse({ CertificateChain: `text\n${authority}` }, 'MalformedCertificate', /is: -1$/)
    refuse({ CertificateChain: other }, 'MalformedCertificate', /^Unable to validate certificate chain\. .*is: -1$/)
    refuse({ CertificateChain: `${authority}${other}` }, 'MalformedCertificate', /is: 0$/)
    act('admin', 'UploadServerCertificate', upload)
    refuse({}, 'EntityAlreadyExists', 'The Server Certificate with name site already exists.', 409)
    for (let n = 1; n < 20; n++) act('admin', 'UploadServerCertificate', { ...upload, ServerCertificateName: `s${n}` })
    refuse(
      { ServerCertificateName: 's20' },
      'LimitExceeded',
      'Cannot exceed quota for ServerCertificatesPerAccount: 20',
      409,
    )
  })

  it('demand both names of one that is renamed', () => {
    const { act, user } = newAccount()
    const key = user('ann', { Effect: 'Allow', Action: 'iam:*', Resource: arn('server-certificate/site') })
    act(key, 'UploadServerCertificate', upload)
    refused(
      () => act(key, 'UpdateServerCertificate', { ...site, NewServerCertificateName: 'shop' }),
      'AccessDenied',
      new RegExp(`on resource: ${arn('server-certificate/shop')}`),
      403,
    )
  })
})

describe('signing certificates', () => {
  const ann = { UserName: 'ann' }

  it('are uploaded, switched off, listed and deleted', () => {
    const { act, user, clock } = newAccount()
    user('ann')
    const { Certificate } = act('admin', 'UploadSigningCertificate', { ...ann, CertificateBody: leaf })
    const { CertificateId } = Certificate
    assert.match(CertificateId, /^[A-Z2-7]{32}$/)
    const as = (Status: string, UserName = 'ann') => [
      { UserName, CertificateId, CertificateBody: leaf, Status, UploadDate: clock.now / 1000 },
    ]
    const list = (UserName = 'ann') => act('admin', 'ListSigningCertificates', { UserName }).Certificates
    assert.deepEqual(list(), as('Active'))
    act('admin', 'UpdateSigningCertificate', { ...ann, CertificateId, Status: 'Inactive' })
    act('admin', 'UpdateUser', { ...ann, NewUserName: 'anna' })
    assert.deepEqual(list('anna'), as('Inactive', 'anna'))
    act('admin', 'DeleteSigningCertificate', { UserName: 'anna', CertificateId })
    assert.deepEqual(list('anna'), [])
    for (const operation of ['UpdateSigningCertificate', 'DeleteSigningCertificate']) {
      refused(
        () => act('admin', operation, { UserName: 'anna', CertificateId, Status: 'Active' }),
        'NoSuchEntity',
        `The Certificate with id ${CertificateId} cannot be found.`,
        404,
      )
    }
  })

  it('are two of a user at most, each but once in the account', () => {
    const { act, user } = newAccount()
    user('ann')
    user('bea')
    const upload =
      (CertificateBody: string, UserName = 'ann') =>
      () =>
        act('admin', 'UploadSigningCertificate', { UserName, CertificateBody })
    refused(upload('none'), 'MalformedCertificate', 'Certificate none is malformed.', 400)
    upload(leaf)()
    refused(upload(leaf, 'bea'), 'DuplicateCertificate', /./, 409)
    upload(other)()
    refused(upload(third), 'LimitExceeded', 'Cannot exceed quota for CertificatesPerUser: 2', 409)
  })

  it("may be root's", () => {
    const { act } = newAccount()
    act('root', 'UploadSigningCertificate', { CertificateBody: leaf })
    assert.equal(act('root', 'ListSigningCertificates').Certificates.length, 1)
    assert.equal(act('root', 'GetAccountSummary').SummaryMap.AccountSigningCertificatesPresent, 1)
  })
})

describe('SSH public keys', () => {
  const ann = { UserName: 'ann' }
  const notFound = 'The Public Key with id APKAXXXXXXXXXXXXXXXXX cannot be found.'

  it('are uploaded, read in both forms, switched off and deleted', () => {
    const { act, user } = newAccount()
    user('ann')
    const { SSHPublicKey } = act('admin', 'UploadSSHPublicKey', { ...ann, SSHPublicKeyBody: sshKey })
    const { SSHPublicKeyId } = SSHPublicKey
    assert.match(SSHPublicKeyId, /^APKA[A-Z2-7]{17}$/)
    assert.deepEqual(
      [SSHPublicKey.SSHPublicKeyBody, SSHPublicKey.Fingerprint, SSHPublicKey.Status],
      [sshKey, sshFingerprint, 'Active'],
    )
    const key = { ...ann, SSHPublicKeyId }
    const get = (Encoding: string) => act('admin', 'GetSSHPublicKey', { ...key, Encoding }).SSHPublicKey
    assert.equal(get('PEM').SSHPublicKeyBody, sshKeyPem)
    assert.equal(get('SSH').SSHPublicKeyBody, sshKey.replace(/ ann@example$/, ''))
    act('admin', 'UpdateSSHPublicKey', { ...key, Status: 'Inactive' })
    const [listed] = act('admin', 'ListSSHPublicKeys', ann).SSHPublicKeys
    assert.deepEqual(Object.keys(listed).sort(), ['SSHPublicKeyId', 'Status', 'UploadDate', 'UserName'])
    assert.equal(listed.Status, 'Inactive')
    act('admin', 'DeleteSSHPublicKey', key)
    assert.deepEqual(act('admin', 'ListSSHPublicKeys', ann).SSHPublicKeys, [])
    const gone = { ...ann, SSHPublicKeyId: 'APKAXXXXXXXXXXXXXXXXX', Status: 'Active', Encoding: 'SSH' }
    for (const operation of ['GetSSHPublicKey', 'UpdateSSHPublicKey', 'DeleteSSHPublicKey']) {
      refused(() => act('admin', operation, gone), 'NoSuchEntity', notFound, 404)
    }
  })

  it('are RSA keys, each but once for a user', () => {
    const { act, user } = newAccount()
    user('ann')
    const upload = (SSHPublicKeyBody: string) => () => act('admin', 'UploadSSHPublicKey', { ...ann, SSHPublicKeyBody })
    const bad = ['none', 'ssh-rsa AAAA', 'ssh-ed25519 AAAA', `ssh-rsa ${'A'.repeat(400)}`, leaf, sshKey.slice(0, 200)]
    for (const text of bad) refused(upload(text), 'InvalidPublicKey', /./, 400)
    upload(sshKeyPem)()
    refused(upload(sshKey), 'DuplicateSSHPublicKey', /./, 400)
  })
})
