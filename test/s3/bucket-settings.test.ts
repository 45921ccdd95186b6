import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import * as sdk from '@aws-sdk/client-s3'
import { organize } from '../organizations/estate.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import type { Keys } from '../support/sign.ts'

const Bucket = 'settings'

interface Setting {
  /** `Website` of PutBucketWebsite, GetBucketWebsite, DeleteBucketWebsite. */
  name: string
  /** What goes with every call of it. */
  with?: object
  put: object
  /** What Get says then. */
  got: object
  /** What it says where nothing was set: an error, or an answer. */
  unset: string | object
  deletes?: boolean
  /** What is refused, and how. */
  refused?: [input: object, code: string, message?: RegExp][]
}

const metrics = { MetricsConfiguration: { Id: 'a', Filter: { Prefix: 'logs/' } } }
const inventory = {
  InventoryConfiguration: {
    Id: 'a',
    IsEnabled: true,
    IncludedObjectVersions: 'Current',
    Schedule: { Frequency: 'Daily' },
    Destination: { S3BucketDestination: { Bucket: 'arn:aws:s3:::target', Format: 'CSV' } },
    OptionalFields: ['Size', 'ETag'],
  },
}
const analytics = { AnalyticsConfiguration: { Id: 'a', Filter: { Prefix: 'x' }, StorageClassAnalysis: {} } }
const tiering = {
  IntelligentTieringConfiguration: {
    Id: 'a',
    Status: 'Enabled',
    Tierings: [{ AccessTier: 'ARCHIVE_ACCESS', Days: 90 }],
  },
}
const website = {
  IndexDocument: { Suffix: 'index.html' },
  ErrorDocument: { Key: 'error.html' },
  RoutingRules: [{ Condition: { KeyPrefixEquals: 'docs/' }, Redirect: { ReplaceKeyPrefixWith: 'documents/' } }],
}
const site = (WebsiteConfiguration: object) => ({ WebsiteConfiguration })
const queue = 'arn:aws:sqs:us-east-1:123456789012:gone'

const settings: Setting[] = [
  {
    name: 'Website',
    put: site(website),
    got: website,
    unset: 'NoSuchWebsiteConfiguration',
    deletes: true,
    refused: [
      [site({}), 'InvalidArgument', /IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty/],
      [site({ IndexDocument: { Suffix: 'a/b' } }), 'InvalidArgument', /not well formed/],
      [site({ ...website, RedirectAllRequestsTo: { HostName: 'example.com' } }), 'InvalidArgument', /in conjunction/],
      [site({ RedirectAllRequestsTo: { HostName: 'example.com', Protocol: 'ftp' } }), 'MalformedXML'],
      [
        site({ ...website, RoutingRules: [{ Redirect: { ReplaceKeyWith: 'a', ReplaceKeyPrefixWith: 'b' } }] }),
        'InvalidRequest',
        /ReplaceKeyPrefix or ReplaceKey but not both/,
      ],
    ],
  },
  {
    name: 'Logging',
    put: { BucketLoggingStatus: { LoggingEnabled: { TargetBucket: 'logs', TargetPrefix: 'in/' } } },
    got: { LoggingEnabled: { TargetBucket: 'logs', TargetPrefix: 'in/' } },
    unset: {},
    refused: [
      [
        { BucketLoggingStatus: { LoggingEnabled: { TargetBucket: 'no-such-logs', TargetPrefix: '' } } },
        'InvalidTargetBucketForLogging',
        /^The target bucket for logging does not exist$/,
      ],
    ],
  },
  {
    name: 'NotificationConfiguration',
    put: { NotificationConfiguration: {} },
    got: {},
    unset: {},
    refused: [
      [
        { NotificationConfiguration: { QueueConfigurations: [{ QueueArn: queue, Events: ['s3:ObjectCreated:*'] }] } },
        'InvalidArgument',
        /^Unable to validate the following destination configurations$/,
      ],
    ],
  },
  {
    name: 'RequestPayment',
    put: { RequestPaymentConfiguration: { Payer: 'Requester' } },
    got: { Payer: 'Requester' },
    unset: { Payer: 'BucketOwner' },
    refused: [[{ RequestPaymentConfiguration: { Payer: 'Nobody' } }, 'MalformedXML']],
  },
  {
    name: 'AccelerateConfiguration',
    put: { AccelerateConfiguration: { Status: 'Suspended' } },
    got: { Status: 'Suspended' },
    unset: {},
    refused: [[{ AccelerateConfiguration: { Status: 'Fast' } }, 'MalformedXML']],
  },
  {
    name: 'OwnershipControls',
    put: { OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerPreferred' }] } },
    got: { OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerPreferred' }] } },
    unset: { OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] } },
    deletes: true,
    refused: [[{ OwnershipControls: { Rules: [{ ObjectOwnership: 'Mine' }] } }, 'MalformedXML']],
  },
  ...(
    [
      ['Metrics', metrics, [[{ MetricsConfiguration: { Id: 'b' } }, 'IdMismatch']]],
      [
        'Inventory',
        inventory,
        [
          [
            { InventoryConfiguration: { ...inventory.InventoryConfiguration, Schedule: { Frequency: 'Hourly' } } },
            'MalformedXML',
          ],
        ],
      ],
      ['Analytics', analytics, []],
      [
        'IntelligentTiering',
        tiering,
        [
          [
            {
              IntelligentTieringConfiguration: {
                ...tiering.IntelligentTieringConfiguration,
                Tierings: [{ AccessTier: 'ARCHIVE_ACCESS', Days: 3 }],
              },
            },
            'InvalidRequest',
          ],
        ],
      ],
    ] as [string, object, Setting['refused']][]
  ).map(([name, put, refused]) => ({
    name: `${name}Configuration`,
    with: { Id: 'a' },
    put,
    got: put,
    unset: 'NoSuchConfiguration',
    deletes: true,
    ...(refused ? { refused } : {}),
  })),
]

describe('settings of a bucket, by the SDK for JavaScript', () => {
  let server: TestServer
  let s3: sdk.S3Client
  let theirs: sdk.S3Client
  const client = (keys: Keys) =>
    new sdk.S3Client({ region: 'us-east-1', endpoint: server.url, credentials: keys, forcePathStyle: true })

  // oxlint-disable-next-line typescript/no-explicit-any -- answers are as the model says, tests know their shape
  async function run(name: string, input: object, by = s3): Promise<any> {
    const commands = sdk as unknown as Record<string, new (input: object) => never>
    const sent: unknown = await by.send(new commands[`${name}Command`]!({ Bucket, ...input }))
    const { $metadata, ...answer } = sent as { $metadata: object }
    assert.ok($metadata)
    return answer
  }

  before(async () => {
    server = await startTestServer()
    s3 = client(server.admin)
    await run('CreateBucket', {})
    await run('CreateBucket', { Bucket: 'logs' })
    theirs = client((await (await organize(server)).account('payer')).keys)
  })
  after(async () => {
    s3.destroy()
    theirs.destroy()
    await server.close()
  })

  for (const setting of settings) {
    it(setting.name, async () => {
      const { name, put, got, unset, refused = [], deletes } = setting
      const also = setting.with ?? {}
      const isUnset = async () => {
        if (typeof unset === 'string') await assert.rejects(run(`GetBucket${name}`, also), { name: unset })
        else assert.deepEqual(await run(`GetBucket${name}`, also), unset)
      }
      await isUnset()
      for (const [input, code, message = /./] of refused) {
        await assert.rejects(run(`PutBucket${name}`, { ...also, ...input }), (error: Error) => {
          assert.equal(error.name, code, `${JSON.stringify(input)}: ${error.message}`)
          assert.match(error.message, message)
          return true
        })
      }
      await isUnset()
      await run(`PutBucket${name}`, { ...also, ...put })
      assert.deepEqual(await run(`GetBucket${name}`, also), got)
      if (!deletes) return
      await run(`DeleteBucket${name}`, also)
      if (typeof unset === 'string') await isUnset()
    })
  }

  it('are listed by their ids, a hundred at a time', async () => {
    const id = (number: number) => `m${String(number).padStart(3, '0')}`
    for (let number = 0; number < 101; number++) {
      const Id = id(number)
      await run('PutBucketMetricsConfiguration', { Id, MetricsConfiguration: { Id } })
    }
    const first = await run('ListBucketMetricsConfigurations', {})
    assert.equal(first.MetricsConfigurationList.length, 100)
    assert.equal(first.IsTruncated, true)
    const second = await run('ListBucketMetricsConfigurations', { ContinuationToken: first.NextContinuationToken })
    assert.deepEqual(second.MetricsConfigurationList, [{ Id: id(100) }])
    assert.equal(second.IsTruncated, false)
    assert.equal((await run('ListBucketInventoryConfigurations', {})).IsTruncated, false)
  })

  it('make strangers say that they pay', async () => {
    await s3.send(new sdk.DeletePublicAccessBlockCommand({ Bucket }))
    const statement = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${Bucket}/*` }
    await run('PutBucketPolicy', { Policy: JSON.stringify({ Version: '2012-10-17', Statement: statement }) })
    await run('PutObject', { Key: 'k', Body: 'x' })
    await run('PutBucketRequestPayment', { RequestPaymentConfiguration: { Payer: 'Requester' } })
    await assert.rejects(run('GetObject', { Key: 'k' }, theirs), { name: 'AccessDenied' })
    await run('GetObject', { Key: 'k', RequestPayer: 'requester' }, theirs)
    await run('GetObject', { Key: 'k' })
  })

  it('say what Terraform expects of a bucket that has none', async () => {
    await run('CreateBucket', { Bucket: 'bare' })
    const missing: [string, string][] = [
      ['GetBucketPolicy', 'NoSuchBucketPolicy'],
      ['GetBucketCors', 'NoSuchCORSConfiguration'],
      ['GetBucketWebsite', 'NoSuchWebsiteConfiguration'],
      ['GetBucketLifecycleConfiguration', 'NoSuchLifecycleConfiguration'],
      ['GetBucketReplication', 'ReplicationConfigurationNotFoundError'],
      ['GetObjectLockConfiguration', 'ObjectLockConfigurationNotFoundError'],
      ['GetBucketTagging', 'NoSuchTagSet'],
    ]
    for (const [operation, code] of missing) {
      await assert.rejects(run(operation, { Bucket: 'bare' }), { name: code }, operation)
    }
    for (const operation of [
      'Acl',
      'Versioning',
      'AccelerateConfiguration',
      'RequestPayment',
      'Logging',
      'Encryption',
      'Location',
    ]) {
      assert.ok(await run(`GetBucket${operation}`, { Bucket: 'bare' }), operation)
    }
  })
})
