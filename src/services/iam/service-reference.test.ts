import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serviceReference } from './service-reference.ts'

const reference = serviceReference()

test('an action, by its name in any case', () => {
  const action = reference.action('S3:getobject')!
  assert.equal(action.name, 's3:GetObject')
  assert.equal(action.accessLevel, 'Read')
  assert.ok(action.resourceTypes.some(({ name }) => name === 'object'))
  assert.ok(action.conditionKeys.includes('s3:ExistingObjectTag/<key>'))
  assert.equal(reference.action('ecr:DescribeGitRepositories'), undefined)
  assert.equal(reference.action('nocolon'), undefined)
  assert.equal(reference.service('__proto__'), undefined)
})

test('condition keys of one resource of an action', () => {
  const types = reference.action('ec2:CreateNetworkInterface')!.resourceTypes
  assert.ok(types.find(({ name }) => name === 'subnet')!.conditionKeys.includes('ec2:Vpc'))
})

test('condition keys, placeholders filled in', () => {
  const nameOf = (key: string) => reference.conditionKey(key)?.name
  assert.equal(nameOf('s3:ExistingObjectTag/team'), 's3:ExistingObjectTag/<key>')
  assert.equal(nameOf('secretsmanager:ResourceTag/team'), 'secretsmanager:ResourceTag/tag-key')
  assert.equal(nameOf('token.actions.acme.ghe.com:repository'), 'token.actions.${Domain}.ghe.com:repository')
  assert.equal(nameOf('saml:aud'), 'saml:aud')
  assert.equal(nameOf('s3:nothing'), undefined)
  assert.equal(reference.conditionKey('sagemaker:VpcSubnets')?.multiValued, true)
})

test('resource types by the service that their ARN names', () => {
  const names = (service: string) => reference.resourceTypes(service)?.map(({ name }) => name)
  assert.ok(names('s3')!.includes('bucket'))
  assert.ok(names('backup')!.includes('recoveryPoint'))
  assert.equal(names('s33'), undefined)
})

test('every service can be read, and every resource type of an action is there', () => {
  assert.ok(reference.prefixes.length > 400)
  let actions = 0
  for (const prefix of reference.prefixes) {
    const service = reference.service(prefix)!
    for (const action of service.actions) {
      actions++
      for (const { name } of action.resourceTypes) assert.ok(service.resourceTypes.has(name), `${action.name} ${name}`)
    }
  }
  assert.ok(actions > 20_000)
})

test('RCPs bind S3, not SageMaker', () => {
  assert.ok(reference.rcpPrefixes.includes('s3') && reference.rcpPrefixes.includes('sts'))
  assert.ok(!reference.rcpPrefixes.includes('sagemaker'))
})
