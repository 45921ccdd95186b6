import assert from 'node:assert/strict'
import { randomBytes, createHash } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { recordIo } from '../../src/jobs/transfers/recordio.ts'
import { openJobLab, type JobLab } from './lab.ts'

const source = (S3Uri: string, more: object = {}) => ({
  DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri, ...more } },
})

describe('input modes of training jobs', () => {
  let lab: JobLab
  const large = randomBytes(3_000_000)

  before(async () => {
    lab = await openJobLab(['reports'])
    const put = (Key: string, Body: string | Buffer) => lab.call('s3', 'PutObject', { Bucket: 'jobs', Key, Body })
    for (const key of ['a', 'b', 'c', 'd']) await put(`letters/${key}`, `${key}.`)
    await put('zipped/a', gzipSync('alpha '))
    await put('zipped/b', gzipSync('beta'))
    await put('letter-2/x', 'x.')
    await put('large/1', large)
    await put('broken/1', 'this is no gzip')
    const lines = ['a', 'b'].map((key, at) =>
      JSON.stringify({ label: at, 'source-ref': `s3://jobs/letters/${key}`, other: 'x' }),
    )
    await put('augmented.manifest', `${lines.join('\n')}\n`)
    await put('bad.manifest', '{"label": 1}\n')
  })
  after(() => lab.close())

  /** What the hosts said of the epochs that they read: host → `channel epoch` → content. */
  async function epochs(name: string): Promise<Record<string, Record<string, unknown>>> {
    const { description } = await lab.ended(name)
    const output = await lab.output(name)
    assert.equal(description.FailureReason, undefined, JSON.stringify(output))
    return Object.fromEntries(
      Object.entries(output).map(([host, lines]) => [
        host,
        Object.fromEntries(
          lines
            .filter((line) => line.startsWith('EPOCH '))
            .map((line) => JSON.parse(line.slice(6)) as [string, number, unknown])
            .map(([channel, epoch, content]) => [`${channel} ${epoch}`, content]),
        ),
      ]),
    )
  }

  test('Pipe: every epoch is streamed anew, compressed, wrapped, shuffled, from manifests; what is unread stays away', async () => {
    await lab.start('pipes', 'reports', {
      AlgorithmSpecification: {
        TrainingImage: '123456789012.dkr.ecr.us-east-1.amazonaws.com/jobs/reports:latest',
        TrainingInputMode: 'Pipe',
      },
      InputDataConfig: [
        { ChannelName: 'plain', ...source('s3://jobs/letters/') },
        { ChannelName: 'file', InputMode: 'File', ...source('s3://jobs/letters/') },
        { ChannelName: 'zipped', CompressionType: 'Gzip', ...source('s3://jobs/zipped/') },
        { ChannelName: 'wrapped', RecordWrapperType: 'RecordIO', ...source('s3://jobs/letters/') },
        { ChannelName: 'large', ...source('s3://jobs/large/') },
        { ChannelName: 'mixed', ShuffleConfig: { Seed: 7 }, ...source('s3://jobs/letters/') },
        {
          ChannelName: 'augmented',
          RecordWrapperType: 'RecordIO',
          ...source('s3://jobs/augmented.manifest', {
            S3DataType: 'AugmentedManifestFile',
            AttributeNames: ['source-ref', 'label'],
          }),
        },
        { ChannelName: 'unread', ...source('s3://jobs/large/') },
      ],
      HyperParameters: {
        pipes: 'plain 2, zipped 1, wrapped 1, large 1 100, large 1, mixed 3, augmented 1',
      },
    })
    const said = (await epochs('pipes'))['algo-1']!
    assert.equal(said['plain 0'], 'a.b.c.d.')
    assert.equal(said['plain 1'], 'a.b.c.d.')
    assert.equal(said['zipped 0'], 'alpha beta')
    const wrapped = ['a.', 'b.', 'c.', 'd.'].map((text) => recordIo(Buffer.from(text)))
    assert.equal(said['wrapped 0'], Buffer.concat(wrapped).toString('latin1'))
    assert.deepEqual(said['large 1'], [large.length, createHash('sha256').update(large).digest('hex')])
    const orders = [0, 1, 2].map((epoch) => said[`mixed ${epoch}`] as string)
    for (const order of orders) assert.equal(order.split('.').toSorted().join(''), 'abcd')
    assert.ok(new Set(orders).size > 1, orders.join(' '))
    const augmented = ['a.', '0', 'b.', '1'].map((text) => recordIo(Buffer.from(text)))
    assert.equal(said['augmented 0'], Buffer.concat(augmented).toString('latin1'))

    const lines = (await lab.output('pipes'))['algo-1']!
    const channels = JSON.parse(lines.find((line) => line.startsWith('CHANNELS '))!.slice(9))
    assert.equal(channels.wrapped.TrainingInputMode, 'Pipe')
    assert.equal(channels.wrapped.RecordWrapperType, 'RecordIO')
    const data = JSON.parse(lines.find((line) => line.startsWith('DATA '))!.slice(5))
    assert.deepEqual(data, { 'file/a': 'a.', 'file/b': 'b.', 'file/c': 'c.', 'file/d': 'd.' })
    const description = await lab.call('sagemaker', 'DescribeTrainingJob', { TrainingJobName: 'pipes' })
    assert.equal(description.TrainingJobStatus, 'Completed')
  })

  const failing: [name: string, channel: object, reason: RegExp][] = [
    [
      'unzippable',
      { CompressionType: 'Gzip', ...source('s3://jobs/broken/') },
      /Unable to decompress object s3:\/\/jobs\/broken\/1$/,
    ],
    [
      'unreadable',
      source('s3://jobs/bad.manifest', { S3DataType: 'AugmentedManifestFile', AttributeNames: ['source-ref'] }),
      /Invalid augmented manifest file s3:\/\/jobs\/bad\.manifest: line 1 has no attribute "source-ref"$/,
    ],
  ]
  for (const [name, channel, reason] of failing) {
    test(`Pipe: what cannot be streamed fails the job: ${name}`, async () => {
      await lab.start(name, 'reports', {
        InputDataConfig: [{ ChannelName: 'data', InputMode: 'Pipe', ...channel }],
        HyperParameters: { pipes: 'data 1', seconds: '60' },
      })
      assert.match((await lab.ended(name)).description.FailureReason!, reason)
    })
  }

  test('File: a prefix gives what is in the folder that it names, and whole names where it ends within one', async () => {
    const channel = (ChannelName: string, prefix: string) => ({ ChannelName, ...source(`s3://jobs/${prefix}`) })
    await lab.start('files', 'reports', {
      InputDataConfig: [
        channel('slash', 'letters/'),
        channel('folder', 'letters'),
        channel('object', 'letters/a'),
        channel('part', 'l'),
        channel('both', 'letter'),
      ],
    })
    const found = Object.keys(JSON.parse(await lab.said('files', 'algo-1', 'DATA ')) as object).sort()
    const letters = (folder: string) => ['a', 'b', 'c', 'd'].map((key) => `${folder}/${key}`)
    assert.deepEqual(found, [
      'both/letter-2/x',
      ...letters('both/letters'),
      ...letters('folder'),
      'object/a',
      'part/large/1',
      'part/letter-2/x',
      ...letters('part/letters'),
      ...letters('slash'),
    ])
  })

  test('FastFile: the files are there; a prefix in the middle of a name is refused', async () => {
    const channel = (S3Uri: string) => ({
      InputDataConfig: [{ ChannelName: 'data', InputMode: 'FastFile', ...source(S3Uri) }],
    })
    await lab.start('fast', 'reports', channel('s3://jobs/letters'))
    const data = await lab.said('fast', 'algo-1', 'DATA ')
    assert.deepEqual(Object.keys(JSON.parse(data)).length, 4)
    await lab.start('partial', 'reports', channel('s3://jobs/lett'))
    const { description } = await lab.ended('partial')
    assert.equal(
      description.FailureReason,
      'ClientError: Data download failed:Failed to download data. For FastFile mode, partial S3 prefix is not supported.',
    )
  })

  test('a heterogeneous cluster: groups in resourceconfig.json, channels for groups, shards among them', async () => {
    const sharded = { S3DataDistributionType: 'ShardedByS3Key', InstanceGroupNames: ['many'] }
    await lab.call('sagemaker', 'CreateTrainingJob', {
      TrainingJobName: 'mixed-cluster',
      RoleArn: 'arn:aws:iam::123456789012:role/jobs',
      AlgorithmSpecification: {
        TrainingImage: '123456789012.dkr.ecr.us-east-1.amazonaws.com/jobs/reports:latest',
        TrainingInputMode: 'File',
      },
      InputDataConfig: [
        { ChannelName: 'shared', ...source('s3://jobs/letters/') },
        { ChannelName: 'parts', ...source('s3://jobs/letters/', sharded) },
      ],
      OutputDataConfig: { S3OutputPath: 's3://jobs/out' },
      StoppingCondition: { MaxRuntimeInSeconds: 120 },
      ResourceConfig: {
        VolumeSizeInGB: 1,
        InstanceGroups: [
          { InstanceGroupName: 'one', InstanceType: 'ml.c5.xlarge', InstanceCount: 1 },
          { InstanceGroupName: 'many', InstanceType: 'ml.m5.large', InstanceCount: 2 },
        ],
      },
    })
    await lab.ended('mixed-cluster')
    const read = async (host: string, word: string) =>
      JSON.parse(await lab.said('mixed-cluster', host, `${word} `)) as Record<string, any>
    const config = await read('algo-2', 'CONFIG')
    assert.deepEqual(
      [config['current_group_name'], config['current_instance_type'], config['instance_groups']],
      [
        'many',
        'ml.m5.large',
        [
          { instance_group_name: 'one', instance_type: 'ml.c5.xlarge', hosts: ['algo-1'] },
          { instance_group_name: 'many', instance_type: 'ml.m5.large', hosts: ['algo-2', 'algo-3'] },
        ],
      ],
    )
    assert.deepEqual(Object.keys(await read('algo-1', 'CHANNELS')), ['shared'])
    const part = async (host: string) =>
      Object.keys(await read(host, 'DATA')).filter((path) => path.startsWith('parts/'))
    assert.deepEqual(await part('algo-1'), [])
    const parts = [...(await part('algo-2')), ...(await part('algo-3'))]
    assert.deepEqual(parts.toSorted(), ['parts/a', 'parts/b', 'parts/c', 'parts/d'])
  })
})
