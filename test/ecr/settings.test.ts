import assert from 'node:assert/strict'
import { test } from 'node:test'
import { account, newRegistry, refusal } from './registry.ts'

const registryId = account

test('a registry has a policy', async () => {
  const { act } = newRegistry()
  const missing = refusal(
    'RegistryPolicyNotFoundException',
    "Registry policy does not exist in the registry with id '123456789012'",
  )
  await assert.rejects(act('GetRegistryPolicy', {}), missing)
  await assert.rejects(act('DeleteRegistryPolicy', {}), missing)
  await assert.rejects(
    act('PutRegistryPolicy', { policyText: '{' }),
    refusal('InvalidParameterException', /PolicyText/),
  )
  const policyText = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: '*', Action: 'ecr:ReplicateImage', Resource: '*' }],
  })
  assert.deepEqual(await act('PutRegistryPolicy', { policyText }), { registryId, policyText })
  assert.deepEqual(await act('GetRegistryPolicy', {}), { registryId, policyText })
  assert.deepEqual(await act('DeleteRegistryPolicy', {}), { registryId, policyText })
  await assert.rejects(act('GetRegistryPolicy', {}), missing)
})

test('a registry’s configurations are kept beside one another', async () => {
  const { act } = newRegistry()
  assert.deepEqual(await act('DescribeRegistry', {}), { registryId, replicationConfiguration: { rules: [] } })
  const scanning = (await act('GetRegistryScanningConfiguration', {})).scanningConfiguration
  assert.deepEqual(scanning, { scanType: 'BASIC', rules: [] })
  const rules = [{ destinations: [{ region: 'eu-west-1', registryId }] }]
  await act('PutReplicationConfiguration', { replicationConfiguration: { rules } })
  const scanRules = [{ scanFrequency: 'SCAN_ON_PUSH', repositoryFilters: [{ filter: '*', filterType: 'WILDCARD' }] }]
  await act('PutRegistryScanningConfiguration', { scanType: 'BASIC', rules: scanRules })
  assert.deepEqual((await act('DescribeRegistry', {})).replicationConfiguration, { rules })
  assert.deepEqual((await act('GetRegistryScanningConfiguration', {})).scanningConfiguration.rules, scanRules)
})

test('account settings have defaults, and values of their own only', async () => {
  const { act } = newRegistry()
  assert.deepEqual(await act('GetAccountSetting', { name: 'REGISTRY_POLICY_SCOPE' }), {
    name: 'REGISTRY_POLICY_SCOPE',
    value: 'V2',
  })
  await act('PutAccountSetting', { name: 'BLOB_MOUNTING', value: 'ENABLED' })
  assert.equal((await act('GetAccountSetting', { name: 'BLOB_MOUNTING' })).value, 'ENABLED')
  for (const [name, value] of [
    ['BLOB_MOUNTING', 'V1'],
    ['constructor', 'V1'],
  ])
    await assert.rejects(
      act('PutAccountSetting', { name, value }),
      refusal('InvalidParameterException', /enum value set/),
    )
})

test('what is to be scanned is on record', async () => {
  const { act } = newRegistry()
  await act('CreateRepository', { repositoryName: 'app' })
  const imageScanningConfiguration = { scanOnPush: true }
  assert.deepEqual(await act('PutImageScanningConfiguration', { repositoryName: 'app', imageScanningConfiguration }), {
    registryId,
    repositoryName: 'app',
    imageScanningConfiguration,
  })
  const found = await act('BatchGetRepositoryScanningConfiguration', { repositoryNames: ['app', 'none'] })
  assert.deepEqual(
    found.scanningConfigurations.map((one: { repositoryName: string; scanFrequency: string }) => [
      one.repositoryName,
      one.scanFrequency,
    ]),
    [['app', 'SCAN_ON_PUSH']],
  )
  assert.equal(found.failures[0].failureCode, 'REPOSITORY_NOT_FOUND')
})
