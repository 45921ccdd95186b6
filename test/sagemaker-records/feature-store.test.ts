import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { until } from '../clients/until.ts'
import { call } from '../support/call.ts'
import { account, openRecordLab, requests, roleArn, type RecordLab } from './lab.ts'

const runtime = 'sagemaker-featurestore-runtime'
const cannotFind = "Resource Not Found: Amazon SageMaker can't find a FeatureGroup with name "

describe('a feature group', () => {
  let lab: RecordLab
  before(async () => (lab = await openRecordLab()))
  after(() => lab.server.close())

  const make = (name: string, changes: object = {}) =>
    lab.call('sagemaker', 'CreateFeatureGroup', {
      ...requests.CreateFeatureGroup(roleArn('execution'), name),
      ...changes,
    })
  const described = (FeatureGroupName: string) => lab.call('sagemaker', 'DescribeFeatureGroup', { FeatureGroupName })
  const reaches = async (name: string, status: string) => {
    await until(`${name} is ${status}`, async () => (await described(name)).FeatureGroupStatus === status)
    return described(name)
  }
  const online = async (name: string, changes: object = {}) => {
    await make(name, { OfflineStoreConfig: undefined, ...changes })
    await reaches(name, 'Created')
  }
  const record = (id: string, time: string, size = '1') => [
    { FeatureName: 'id', ValueAsString: id },
    { FeatureName: 'time', ValueAsString: time },
    { FeatureName: 'size', ValueAsString: size },
  ]
  const put = (FeatureGroupName: string, Record: object[], more: object = {}) =>
    lab.call(runtime, 'PutRecord', { FeatureGroupName, Record, ...more })
  const get = (FeatureGroupName: string, RecordIdentifierValueAsString: string, more: object = {}) =>
    lab.call(runtime, 'GetRecord', { FeatureGroupName, RecordIdentifierValueAsString, ...more })
  const sizeOf = async (name: string, id: string) =>
    (await get(name, id)).Record?.find((one: { FeatureName: string }) => one.FeatureName === 'size').ValueAsString

  it('is made with its offline store, listed, changed and deleted', async () => {
    const { FeatureGroupArn } = await make('all')
    const group = await reaches('all', 'Created')
    assert.equal(FeatureGroupArn, `arn:aws:sagemaker:us-east-1:${account}:feature-group/all`)
    assert.deepEqual(group.OfflineStoreStatus, { Status: 'Active' })
    assert.match(
      group.OfflineStoreConfig.S3StorageConfig.ResolvedOutputS3Uri,
      /^s3:\/\/records\/features\/123456789012\/sagemaker\/us-east-1\/offline-store\/all-\d+\/data$/,
    )
    const FeatureAdditions = [{ FeatureName: 'colour', FeatureType: 'String' }]
    await lab.call('sagemaker', 'UpdateFeatureGroup', { FeatureGroupName: FeatureGroupArn, FeatureAdditions })
    await lab.call('sagemaker', 'UpdateFeatureMetadata', {
      FeatureGroupName: 'all',
      FeatureName: 'colour',
      Description: 'of the thing',
      ParameterAdditions: [{ Key: 'owner', Value: 'a' }],
    })
    const metadata = await lab.call('sagemaker', 'DescribeFeatureMetadata', {
      FeatureGroupName: 'all',
      FeatureName: 'colour',
    })
    assert.deepEqual(
      [metadata.FeatureType, metadata.Description, metadata.Parameters],
      ['String', 'of the thing', [{ Key: 'owner', Value: 'a' }]],
    )
    const { FeatureGroupSummaries } = await lab.call('sagemaker', 'ListFeatureGroups', {
      OfflineStoreStatusEquals: 'Active',
      FeatureGroupStatusEquals: 'Created',
    })
    assert.deepEqual(
      FeatureGroupSummaries.map((one: { FeatureGroupName: string }) => one.FeatureGroupName),
      ['all'],
    )
    // Its files are not written: said by name, and only where they are asked for.
    const newest = record('1', '2026-11-24T10:00:00Z')
    await assert.rejects(put('all', newest), /TargetStores other than OnlineStore/)
    await put('all', newest, { TargetStores: ['OnlineStore'] })
    await lab.call('sagemaker', 'DeleteFeatureGroup', { FeatureGroupName: 'all' })
    await until('it is gone', () =>
      described('all').then(
        () => false,
        ({ code, message }) => code === 'ResourceNotFound' && message === `${cannotFind}all`,
      ),
    )
    assert.deepEqual(lab.server.world.store.list('sagemaker/feature-record'), [])
    await make('all')
  })

  it('fails where its role may not see the bucket of the offline store', async (t) => {
    t.after(() => lab.allowRole({ Effect: 'Allow', Action: 's3:*', Resource: '*' }))
    await lab.allowRole({ Effect: 'Allow', Action: 's3:PutObject', Resource: '*' })
    await make('blind')
    assert.match((await reaches('blind', 'CreateFailed')).FailureReason, /s3:GetBucketAcl.*Error Code: AccessDenied/)
    await lab.allowRole({ Effect: 'Allow', Action: 's3:GetBucketAcl', Resource: 'arn:aws:s3:::records' })
    await make('sees')
    await reaches('sees', 'Created')
  })

  const refused: { name: string; changes: object; message: RegExp }[] = [
    {
      name: 'no-store',
      changes: { OnlineStoreConfig: undefined, OfflineStoreConfig: undefined },
      message: /^Validation Error: OnlineStore and OfflineStore cannot be both disabled\. Please enable at least one/,
    },
    {
      name: 'glue',
      changes: { OfflineStoreConfig: { S3StorageConfig: { S3Uri: 's3://records/x' } } },
      message: /DisableGlueTableCreation \(AWS Glue is not served\)/,
    },
    { name: 'no-role', changes: { RoleArn: undefined }, message: /RoleArn is required/ },
    {
      name: 'no-id',
      changes: { RecordIdentifierFeatureName: 'nothing' },
      message: /not one of the FeatureDefinitions/,
    },
    { name: 'time', changes: { EventTimeFeatureName: 'size' }, message: /must be of type String or Fractional/ },
    {
      name: 'reserved',
      changes: { FeatureDefinitions: [{ FeatureName: 'is_deleted', FeatureType: 'String' }] },
      message: /is_deleted is reserved/,
    },
    { name: 'units', changes: { ThroughputConfig: { ThroughputMode: 'Provisioned' } }, message: /Provisioned/ },
  ]
  for (const { name, changes, message } of refused) {
    it(`is refused: ${name}`, () => assert.rejects(make(name, changes), { message }))
  }

  it('keeps of an identifier the record of the latest event', async () => {
    await online('latest')
    await put('latest', record('1', '2026-11-24T10:00:00Z', '10'))
    await put('latest', record('1', '2026-11-24T09:00:00Z', '9'))
    assert.equal(await sizeOf('latest', '1'), '10')
    await put('latest', record('1', '2026-11-24T11:00:00.500Z', '11'))
    assert.equal(await sizeOf('latest', '1'), '11')
    assert.deepEqual((await get('latest', '1', { FeatureNames: ['size'] })).Record, [
      { FeatureName: 'size', ValueAsString: '11' },
    ])
    assert.equal((await get('latest', 'nobody')).Record, undefined)
  })

  it('is read in batches, and tells what it could not read', async () => {
    await online('batch')
    await put('batch', record('1', '2026-11-24T10:00:00Z', '10'))
    const { Records, Errors, UnprocessedIdentifiers } = await lab.call(runtime, 'BatchGetRecord', {
      Identifiers: [
        { FeatureGroupName: 'batch', RecordIdentifiersValueAsString: ['1', '2'], FeatureNames: ['size'] },
        { FeatureGroupName: 'nothing', RecordIdentifiersValueAsString: ['1'] },
      ],
    })
    assert.deepEqual(Records, [
      {
        FeatureGroupName: 'batch',
        RecordIdentifierValueAsString: '1',
        Record: [{ FeatureName: 'size', ValueAsString: '10' }],
      },
    ])
    assert.deepEqual([Errors[0].ErrorMessage, UnprocessedIdentifiers], [`${cannotFind}nothing`, []])
  })

  it('forgets softly and for good', async () => {
    await online('forget')
    const forget = (EventTime: string, DeletionMode: string) =>
      lab.call(runtime, 'DeleteRecord', {
        FeatureGroupName: 'forget',
        RecordIdentifierValueAsString: '1',
        EventTime,
        DeletionMode,
      })
    await put('forget', record('1', '2026-11-24T10:00:00Z'))
    await forget('2026-11-24T09:00:00Z', 'SoftDelete')
    assert.equal(await sizeOf('forget', '1'), '1')
    await assert.rejects(forget('2026-11-24T10:00:00Z', 'HardDelete'), { code: 'ValidationError' })
    await forget('2026-11-24T11:00:00Z', 'SoftDelete')
    assert.equal(await sizeOf('forget', '1'), undefined)
    await put('forget', record('1', '2026-11-24T10:30:00Z'))
    assert.equal(await sizeOf('forget', '1'), undefined)
    await forget('2026-11-24T12:00:00Z', 'HardDelete')
    await put('forget', record('1', '2026-11-24T10:30:00Z'))
    assert.equal(await sizeOf('forget', '1'), '1')
  })

  it('lets records expire at their event time and their time to live', async () => {
    await online('expires', {
      OnlineStoreConfig: { EnableOnlineStore: true, TtlDuration: { Unit: 'Hours', Value: 1 } },
    })
    const now = `${new Date().toISOString().slice(0, 19)}Z`
    await put('expires', record('kept', now))
    await put('expires', record('over', '2020-01-01T00:00:00Z'))
    await put('expires', record('longer', '2020-01-01T00:00:00Z'), { TtlDuration: { Unit: 'Weeks', Value: 1000 } })
    const kept = await get('expires', 'kept', { ExpirationTimeResponse: 'Enabled' })
    assert.equal(kept.ExpiresAt, `${new Date(Date.parse(now) + 3_600_000).toISOString().slice(0, 19)}Z`)
    assert.equal(await sizeOf('expires', 'over'), undefined)
    assert.equal(await sizeOf('expires', 'longer'), '1')
  })

  const bad: { name: string; record: object[]; message: RegExp }[] = [
    { name: 'no identifier', record: record('1', '2026-11-24T10:00:00Z').slice(1), message: /identifier feature id/ },
    { name: 'a time of another kind', record: record('1', '24.11.2026'), message: /not in the format yyyy-MM-dd/ },
    {
      name: 'a text for a number',
      record: record('1', '2026-11-24T10:00:00Z', 'big'),
      message: /size is not Integral/,
    },
    {
      name: 'an unknown feature',
      record: [{ FeatureName: 'x', ValueAsString: '1' }],
      message: /Feature x does not exist/,
    },
  ]
  for (const [index, { name, record: values, message }] of bad.entries()) {
    it(`takes no record with ${name}`, async () => {
      await online(`bad${index}`)
      await assert.rejects(put(`bad${index}`, values), { code: 'ValidationError', message })
    })
  }

  it('under a key is read by those alone who may use the key', async () => {
    const { KeyMetadata } = await lab.call('kms', 'CreateKey', {})
    await online('sealed', {
      OnlineStoreConfig: { EnableOnlineStore: true, SecurityConfig: { KmsKeyId: KeyMetadata.Arn } },
    })
    await put('sealed', record('1', '2026-11-24T10:00:00Z', '4711'))
    assert.equal(await sizeOf('sealed', '1'), '4711')
    assert.doesNotMatch(JSON.stringify(lab.server.world.store.list('sagemaker/feature-record')), /4711/)
    const store = { Effect: 'Allow', Action: ['sagemaker:GetRecord', 'sagemaker:PutRecord'], Resource: '*' }
    const question = { FeatureGroupName: 'sealed', RecordIdentifierValueAsString: '1' }
    const without = await lab.user('keyless', store)
    await assert.rejects(call(lab.server.url, without, runtime, 'GetRecord', question), {
      code: 'AccessForbidden',
      status: 403,
      message: /is not authorized to perform: kms:Decrypt/,
    })
    const decrypt = {
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: KeyMetadata.Arn,
      Condition: { StringEquals: { 'kms:ViaService': 'sagemaker.us-east-1.amazonaws.com' } },
    }
    const holder = await lab.user('keyholder', store, decrypt)
    assert.ok((await call(lab.server.url, holder, runtime, 'GetRecord', question)).Record)
  })

  it('is known to its own account by that name, and to nobody else', async () => {
    await assert.rejects(get('nothing', '1'), { code: 'ResourceNotFound', message: `${cannotFind}nothing` })
    await assert.rejects(put('nothing', record('1', 'x')), { code: 'ValidationError', message: `${cannotFind}nothing` })
    const foreign = `arn:aws:sagemaker:us-east-1:999999999999:feature-group/any`
    await assert.rejects(get(foreign, '1'), /no resource-based policy allows the sagemaker:GetRecord action/)
  })
})
