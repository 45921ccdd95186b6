import assert from 'node:assert/strict'
import { it } from 'node:test'
import { contains, parseCidrs, parseIpv4 } from './addresses.ts'
import {
  awsPrefixLists,
  publicAddresses,
  publicAddressOf,
  publicService,
  serviceByName,
  serviceCatalogue,
  services,
} from './services.ts'

const REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1', 'ap-northeast-1', 'cn-north-1', 'us-gov-west-1', 'xx-new-9']

it('puts S3 and DynamoDB inside their prefix list and everything else outside every list', () => {
  for (const region of REGIONS) {
    const lists = awsPrefixLists(region)
    for (const { id } of services(region)) {
      const address = parseIpv4(publicAddressOf(region, id)!)!
      const inside = lists.filter((list) => parseCidrs(list.Cidrs).some((cidr) => contains(cidr, address)))
      const expected = id === 's3' || id === 'dynamodb' ? [`com.amazonaws.${region}.${id}`] : []
      if (id !== 's3-global')
        assert.deepEqual(
          inside.map((list) => list.PrefixListName),
          expected,
          `${region} ${id}`,
        )
    }
  }
})

it('gives each service of each Region an address of its own', () => {
  const all = REGIONS.slice(0, -1).flatMap((region) => services(region).map((service) => service.publicAddress))
  assert.equal(new Set(all).size, all.length)
})

it('has the captured prefix lists of us-east-1', () => {
  const [s3, dynamodb] = awsPrefixLists('us-east-1')
  assert.deepEqual(
    [s3?.PrefixListId, s3?.Cidrs],
    ['pl-63a5400a', ['54.231.0.0/17', '52.216.0.0/15', '3.5.16.0/21', '3.5.0.0/20']],
  )
  assert.equal(dynamodb?.PrefixListId, 'pl-02cd2c6b')
})

it('names endpoint services and their default host names', () => {
  const names = Object.fromEntries(
    serviceCatalogue('eu-west-1').map((row) => [`${row.serviceName} ${row.serviceType}`, row.privateDnsNames[0]]),
  )
  assert.equal(
    names['com.amazonaws.eu-west-1.sagemaker.runtime Interface'],
    'runtime.sagemaker.eu-west-1.amazonaws.com',
  )
  assert.equal(names['aws.sagemaker.eu-west-1.notebook Interface'], '*.notebook.eu-west-1.sagemaker.aws')
  assert.equal(names['com.amazonaws.eu-west-1.ecr.dkr Interface'], '*.dkr.ecr.eu-west-1.amazonaws.com')
  assert.ok('com.amazonaws.eu-west-1.s3 Gateway' in names && 'com.amazonaws.eu-west-1.s3 Interface' in names)
  assert.equal(serviceByName('us-east-1', 'com.amazonaws.us-east-1.sagemaker.runtime-fips')?.policySupported, false)
  assert.equal(serviceByName('us-east-1', 'com.amazonaws.us-east-1.iam'), undefined)
})

it('knows whose a public name is', () => {
  const ids = [
    'b.s3.us-west-2.amazonaws.com',
    's3.amazonaws.com',
    'a.b.s3.eu-west-1.amazonaws.com',
    'iam.amazonaws.com',
    's3-us-west-2.amazonaws.com',
    'api.sagemaker.cn-north-1.amazonaws.com.cn',
    'api.sagemaker.us-east-9.amazonaws.com',
    'pypi.org',
  ]
  assert.deepEqual(
    ids.map((host) => publicService(host, 'us-east-1')).map((service) => service && `${service.region} ${service.id}`),
    [
      'us-west-2 s3',
      'us-east-1 s3-global',
      'eu-west-1 s3',
      'us-east-1 iam',
      'us-west-2 s3',
      'cn-north-1 sagemaker.api',
      undefined,
      undefined,
    ],
  )
})

it('offers the endpoint services that people ask SageMaker to work with', () => {
  const rows = serviceCatalogue('us-east-1')
  const names = new Set(rows.map((row) => row.serviceName))
  const regular = `sagemaker.api sagemaker.api-fips sagemaker.runtime sagemaker.runtime-fips sagemaker.metrics
    sagemaker.featurestore-runtime elastic-inference.runtime s3 dynamodb sts ec2 ecr.api ecr.dkr logs monitoring kms
    secretsmanager servicecatalog elasticfilesystem ssm glue athena states lambda sqs sns events codecommit git-codecommit`
  for (const id of regular.split(/\s+/)) assert.ok(names.has(`com.amazonaws.us-east-1.${id}`), id)
  for (const id of ['notebook', 'studio', 'experiments', 'partner-app'])
    assert.ok(names.has(`aws.sagemaker.us-east-1.${id}`), id)
  // Every private name is claimed once: two services with one name would take each other's calls.
  const claimed = rows.flatMap((row) => row.privateDnsNames)
  assert.deepEqual(
    claimed.filter((name, at) => claimed.indexOf(name) !== at),
    [],
  )
})

it('has IPv6 addresses for the dual-stack names alone', () => {
  const families = (host: string): string[] =>
    publicAddresses(publicService(host, 'us-east-1')!, host, () => []).map((address) => typeof address)
  assert.deepEqual(families('b.s3.dualstack.us-east-1.amazonaws.com'), ['number', 'bigint'])
  assert.deepEqual(families('api.sagemaker.us-east-1.api.aws'), ['number', 'bigint'])
  assert.deepEqual(families('b.s3.us-east-1.amazonaws.com'), ['number'])
})
