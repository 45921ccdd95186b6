import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { account, newAccount, refused } from './account.ts'

const ann = { UserName: 'ann' }
const codecommit = 'codecommit.amazonaws.com'
const bedrock = 'bedrock.amazonaws.com'

function withAnn() {
  const world = newAccount()
  world.user('ann')
  const create = (ServiceName: string, more: object = {}) =>
    world.act('admin', 'CreateServiceSpecificCredential', { ...ann, ServiceName, ...more }).ServiceSpecificCredential
  const list = (input: object = ann) =>
    world.act('admin', 'ListServiceSpecificCredentials', input).ServiceSpecificCredentials
  return { ...world, create, list }
}

describe('service-specific credentials', () => {
  it('show their password when they are made or reset, and never else', () => {
    const { act, create, list, store, clock } = withAnn()
    const { ServicePassword, ...made } = create(codecommit)
    assert.match(made.ServiceSpecificCredentialId, /^ACCA[A-Z2-7]{17}$/)
    assert.deepEqual(made, {
      UserName: 'ann',
      ServiceSpecificCredentialId: made.ServiceSpecificCredentialId,
      ServiceName: codecommit,
      ServiceUserName: `ann-at-${account}`,
      Status: 'Active',
      CreateDate: clock.now / 1000,
    })
    assert.deepEqual(list(), [made])
    assert.ok(!JSON.stringify(store.list('iam/service-specific-credential')).includes(ServicePassword))
    const { ServiceSpecificCredentialId } = made
    const credential = { ...ann, ServiceSpecificCredentialId }
    const reset = act('admin', 'ResetServiceSpecificCredential', credential).ServiceSpecificCredential
    assert.ok(reset.ServicePassword && reset.ServicePassword !== ServicePassword)
    act('admin', 'UpdateServiceSpecificCredential', { ...credential, Status: 'Inactive' })
    act('admin', 'UpdateUser', { ...ann, NewUserName: 'anna' })
    const anna = { UserName: 'anna' }
    assert.deepEqual(list(anna), [{ ...made, UserName: 'anna', Status: 'Inactive' }])
    act('admin', 'DeleteServiceSpecificCredential', { ...credential, ...anna })
    refused(
      () => act('admin', 'DeleteServiceSpecificCredential', { ...credential, ...anna }),
      'NoSuchEntity',
      `No such credential ${ServiceSpecificCredentialId} exists`,
      404,
    )
  })

  it('are two for each service, and only for some services', () => {
    const { create, list } = withAnn()
    refused(
      () => create('s3.amazonaws.com'),
      'NotSupportedService',
      'No such service s3.amazonaws.com is supported for Service Specific Credentials',
      404,
    )
    create(codecommit)
    assert.equal(create(codecommit).ServiceUserName, `ann+1-at-${account}`)
    create('cassandra.amazonaws.com')
    refused(
      () => create(codecommit),
      'LimitExceeded',
      'Cannot exceed quota for ServiceSpecificCredentialsPerUser: 2',
      409,
    )
    assert.deepEqual([list().length, list({ ...ann, ServiceName: codecommit }).length], [3, 2])
    assert.equal(list({ AllUsers: true }).length, 3)
  })

  it('that are keys may run out', () => {
    const { create, list, clock } = withAnn()
    const made = create(bedrock, { CredentialAgeDays: 30 })
    assert.equal(made.ExpirationDate, clock.now / 1000 + 30 * 86_400)
    assert.ok(made.ServiceCredentialSecret && made.ServiceCredentialAlias && !('ServicePassword' in made))
    assert.equal(list()[0].Status, 'Active')
    clock.now += 30 * 86_400_000
    assert.equal(list()[0].Status, 'Expired')
    refused(() => create(codecommit, { CredentialAgeDays: 1 }), 'InvalidInput', /CredentialAgeDays/, 400)
  })

  it('can be allowed by service and by age', () => {
    const { act, user, create } = withAnn()
    const old = create(codecommit)
    const key = user('bea', {
      Effect: 'Allow',
      Action: 'iam:*ServiceSpecificCredential',
      Resource: '*',
      Condition: {
        StringEquals: { 'iam:ServiceSpecificCredentialServiceName': bedrock },
        NumericLessThanEqualsIfExists: { 'iam:ServiceSpecificCredentialAgeDays': '30' },
      },
    })
    const by = (ServiceName: string, CredentialAgeDays?: number) => () =>
      act(key, 'CreateServiceSpecificCredential', { ...ann, ServiceName, CredentialAgeDays })
    refused(by(codecommit), 'AccessDenied', /iam:CreateServiceSpecificCredential/, 403)
    refused(by(bedrock, 31), 'AccessDenied', /iam:CreateServiceSpecificCredential/, 403)
    const { ServiceSpecificCredentialId } = by(bedrock, 30)().ServiceSpecificCredential
    act(key, 'DeleteServiceSpecificCredential', { ...ann, ServiceSpecificCredentialId })
    refused(
      () => act(key, 'DeleteServiceSpecificCredential', { ...ann, ...old }),
      'AccessDenied',
      /iam:DeleteServiceSpecificCredential/,
      403,
    )
  })
})
