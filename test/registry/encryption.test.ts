/** A repository under a KMS key is open as long as KMS says so: for whoever creates it, and then for ECR by its grants. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { call } from '../support/call.ts'
import { openLab, type Lab } from './client.ts'

let lab: Lab
let keyId: string
let keyArn: string
before(async () => {
  lab = await openLab()
  const { KeyMetadata } = await kms('CreateKey')
  keyId = KeyMetadata.KeyId
  keyArn = KeyMetadata.Arn
})
after(() => lab.close())

const kms = (operation: string, input: object = {}) => call(lab.server.url, lab.server.admin, 'kms', operation, input)
const create = (repositoryName: string, more: object = {}) =>
  lab.ecr('CreateRepository', { repositoryName, encryptionConfiguration: { encryptionType: 'KMS', ...more } })

describe('a repository under a KMS key', () => {
  it('has two grants, and gives them back', async () => {
    const { repository } = await create('sealed', { kmsKey: keyId })
    assert.deepEqual(repository.encryptionConfiguration, { encryptionType: 'KMS', kmsKey: keyArn })
    const { Grants } = await kms('ListGrants', { KeyId: keyId })
    assert.deepEqual(Grants.map((grant: { Operations: string[] }) => grant.Operations.toSorted()).sort(), [
      ['Decrypt', 'GenerateDataKey'],
      ['DescribeKey', 'RetireGrant'],
    ])
    for (const { GranteePrincipal } of Grants) assert.equal(GranteePrincipal, 'ecr.us-east-1.amazonaws.com')
    await assert.rejects(create('sealed', { kmsKey: keyId }), { code: 'RepositoryAlreadyExistsException' })
    await lab.ecr('DeleteRepository', { repositoryName: 'sealed' })
    assert.deepEqual((await kms('ListGrants', { KeyId: keyId })).Grants, [])
  })

  it('is made with ECR’s own key where none is named', async () => {
    const { repository } = await create('own')
    const { KeyMetadata } = await kms('DescribeKey', { KeyId: 'alias/aws/ecr' })
    assert.equal(repository.encryptionConfiguration.kmsKey, KeyMetadata.Arn)
    assert.equal(KeyMetadata.KeyManager, 'AWS')
    assert.equal((await lab.docker.image('own', 'v1', 'own')).reply.status, 201)
  })

  it('is closed while the key is disabled, to pushes and pulls', async () => {
    await create('shut', { kmsKey: keyId })
    const image = await lab.docker.image('shut', 'v1', 'one')
    await kms('DisableKey', { KeyId: keyId })
    const pull = await lab.docker.send('GET', '/v2/shut/manifests/v1')
    assert.deepEqual([pull.status, pull.error], [403, { code: 'DENIED', message: `${keyArn} is disabled.` }])
    assert.equal((await lab.docker.send('GET', `/v2/shut/blobs/${image.layer}`)).status, 403)
    assert.equal((await lab.docker.manifest('shut', 'v2', image.manifest)).status, 403)
    await assert.rejects(lab.docker.blob('shut', 'more'), { message: /is disabled/ })
    await assert.rejects(lab.ecr('BatchGetImage', { repositoryName: 'shut', imageIds: [{ imageTag: 'v1' }] }), {
      code: 'KmsException',
    })
    await kms('EnableKey', { KeyId: keyId })
    assert.equal((await lab.docker.send('GET', '/v2/shut/manifests/v1')).body.toString(), image.manifest)
    const { Grants } = await kms('ListGrants', { KeyId: keyId })
    for (const { GrantId } of Grants) await kms('RevokeGrant', { KeyId: keyId, GrantId })
    assert.equal((await lab.docker.send('GET', '/v2/shut/manifests/v1')).status, 403)
  })

  it('is not made by who may not create a grant', async () => {
    const statement = [
      { Effect: 'Allow', Action: ['ecr:*', 'kms:DescribeKey'], Resource: '*' },
      {
        Effect: 'Allow',
        Action: 'kms:CreateGrant',
        Resource: '*',
        Condition: { Bool: { 'aws:ViaAWSService': false } },
      },
    ]
    const iam = (operation: string, input: object) => call(lab.server.url, lab.server.admin, 'iam', operation, input)
    await iam('CreateUser', { UserName: 'maker' })
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statement })
    await iam('PutUserPolicy', { UserName: 'maker', PolicyName: 'p', PolicyDocument })
    const { AccessKey } = await iam('CreateAccessKey', { UserName: 'maker' })
    const keys = { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
    const encryptionConfiguration = { encryptionType: 'KMS', kmsKey: keyId }
    await assert.rejects(
      call(lab.server.url, keys, 'ecr', 'CreateRepository', { repositoryName: 'mine', encryptionConfiguration }),
      { code: 'KmsException', message: /maker is not authorized to perform: kms:CreateGrant/ },
    )
    await assert.rejects(lab.ecr('DescribeRepositories', { repositoryNames: ['mine'] }), {
      code: 'RepositoryNotFoundException',
    })
  })
})
