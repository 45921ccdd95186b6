/** A tree of files and a bucket, kept alike by the AWS CLI in every direction; and the SDK's calls on versions and parts. */
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { startTestServer, type TestServer } from '../support/server.ts'
import { awsCli, type AwsCli } from './aws-cli.ts'
import { refused, type ApiClient } from './client.ts'
import { environmentOf } from './command.ts'
import { jsSdk } from './js-sdk.ts'

/** Paths that trip up globs, URLs, XML and shells. */
const tree: Record<string, string> = {
  'read me.txt': 'first',
  'a+b=c&d.txt': 'plus',
  'per%cent%2Fed': 'escapes',
  'logs/2026/01/#1?.log': 'log',
  'logs/*star*[1].log': 'glob',
  'logs/keep.txt': 'kept',
  'ünï/日本/😀': 'names',
  'it\'s "quoted" <& so>': 'markup',
  'trailing./.hidden/..odd': 'dots',
}
const large = randomBytes(20 * 1024 * 1024 + 1)

describe('a tree of files in Amazon S3', () => {
  let server: TestServer
  let sdk: ApiClient
  let cli: AwsCli
  let folder: string
  let here: string

  before(async () => {
    server = await startTestServer()
    const env = await environmentOf(server.dataDir)
    sdk = jsSdk(env)
    cli = awsCli(env)
    folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
    here = join(folder, 'here')
    for (const [path, content] of Object.entries(tree)) write(path, content)
    for (const Bucket of ['tree', 'copy']) await sdk.call('s3', 'CreateBucket', { Bucket })
  })
  after(async () => {
    await Promise.all([sdk.close(), cli.close()])
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  function write(path: string, content: string | Buffer): void {
    mkdirSync(join(here, path, '..'), { recursive: true })
    writeFileSync(join(here, path), content)
  }
  async function aws(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await cli.aws(...args)
    assert.equal(code, 0, stderr)
    return stdout
  }
  const filesOf = (dir: string) =>
    readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((one) => one.isFile())
      .map((one) => join(one.parentPath, one.name).slice(dir.length + 1))
      .sort()
  const keysOf = async (Bucket: string) => {
    const { Contents = [] } = await sdk.call('s3', 'ListObjectsV2', { Bucket })
    return Contents.map(({ Key }: { Key: string }) => Key).sort() as string[]
  }

  test('goes up, from bucket to bucket and down again, file by file the same', async () => {
    write('large.bin', large)
    await aws('s3', 'cp', '--quiet', '--recursive', here, 's3://tree', '--exclude', '*.log')
    const noLogs = filesOf(here).filter((path) => !path.endsWith('.log'))
    assert.deepEqual(await keysOf('tree'), noLogs)
    await aws('s3', 'sync', '--quiet', here, 's3://tree')
    assert.deepEqual(await keysOf('tree'), filesOf(here))
    // The large one is copied in parts, by ranges of its source.
    await aws('s3', 'sync', '--quiet', 's3://tree', 's3://copy')
    assert.deepEqual(await keysOf('copy'), filesOf(here))
    const head = await sdk.call('s3', 'HeadObject', { Bucket: 'copy', Key: 'large.bin' })
    assert.match(head.ETag, /^"[\da-f]{32}-3"$/)
    const back = join(folder, 'back')
    await aws('s3', 'sync', '--quiet', 's3://copy', back)
    assert.deepEqual(filesOf(back), filesOf(here))
    for (const path of filesOf(here)) {
      assert.ok(readFileSync(join(back, path)).equals(readFileSync(join(here, path))), path)
    }
  })

  test('follows what is deleted and changed, but for what is excluded', async () => {
    rmSync(join(here, 'logs'), { recursive: true })
    rmSync(join(here, 'large.bin'))
    write('read me.txt', 'second edition')
    const log = await aws('s3', 'sync', here, 's3://tree', '--delete', '--exclude', 'logs/keep*', '--no-progress')
    assert.equal(log.match(/^delete: /gm)?.length, 3)
    assert.match(log, /^upload: .*read me\.txt to s3:\/\/tree\/read me\.txt$/m)
    assert.equal(log.trim().split('\n').length, 4)
    assert.deepEqual(await keysOf('tree'), [...filesOf(here), 'logs/keep.txt'].sort())
    await aws('s3', 'mv', '--quiet', 's3://tree/read me.txt', join(folder, 'moved.txt'))
    assert.equal(readFileSync(join(folder, 'moved.txt'), 'utf8'), 'second edition')
    await aws('s3', 'rm', '--quiet', '--recursive', 's3://tree', '--exclude', '*', '--include', 'logs/*')
    const left = filesOf(here).filter((path) => path !== 'read me.txt')
    assert.deepEqual(await keysOf('tree'), left)
  })

  test('is encrypted by a KMS key when it is asked so, in parts or not', async () => {
    const { KeyMetadata } = JSON.parse(await aws('kms', 'create-key')) as { KeyMetadata: { Arn: string } }
    write('sealed/large.bin', large)
    write('sealed/small', 'secret')
    const sse = ['--sse', 'aws:kms', '--sse-kms-key-id', KeyMetadata.Arn]
    await aws('s3', 'cp', '--quiet', '--recursive', join(here, 'sealed'), 's3://tree/sealed', ...sse)
    for (const Key of ['sealed/large.bin', 'sealed/small']) {
      const head = await sdk.call('s3', 'HeadObject', { Bucket: 'tree', Key })
      assert.deepEqual([head.ServerSideEncryption, head.SSEKMSKeyId], ['aws:kms', KeyMetadata.Arn])
    }
    await aws('s3', 'cp', '--quiet', 's3://tree/sealed/large.bin', join(folder, 'opened'))
    assert.equal(sha256(readFileSync(join(folder, 'opened'))), sha256(large))
  })

  test('is read by whoever has a URL that the CLI presigned, with curl', async () => {
    const key = 'ünï/日本/😀'
    const url = (await aws('s3', 'presign', `s3://tree/${key}`, '--expires-in', '60')).trim()
    const { stdout } = await cli.shell(`curl --silent --show-error --fail '${url}'`)
    assert.equal(stdout, tree[key])
    const { code } = await cli.shell(`curl --silent --fail --request DELETE '${url}'`)
    assert.equal(code, 22)
  })

  test('by the SDK: parts, versions and their end', async () => {
    const Bucket = 'sdk-versions'
    await sdk.call('s3', 'CreateBucket', { Bucket })
    await sdk.call('s3', 'PutBucketVersioning', { Bucket, VersioningConfiguration: { Status: 'Enabled' } })
    await sdk.call('s3', 'PutObject', { Bucket, Key: 'k', Body: 'one' })
    const upload = { Bucket, Key: 'k' }
    const { UploadId } = await sdk.call('s3', 'CreateMultipartUpload', { ...upload, ChecksumAlgorithm: 'SHA256' })
    const bodies = [large.subarray(0, 5 * 1024 * 1024), large.subarray(5 * 1024 * 1024, 6 * 1024 * 1024)]
    const Parts = await Promise.all(
      bodies.map(async (Body, index) => {
        const part = { ...upload, UploadId, PartNumber: index + 1, Body, ChecksumAlgorithm: 'SHA256' }
        const { ETag, ChecksumSHA256 } = await sdk.call('s3', 'UploadPart', part)
        return { ETag, ChecksumSHA256, PartNumber: index + 1 }
      }),
    )
    const done = await sdk.call('s3', 'CompleteMultipartUpload', { ...upload, UploadId, MultipartUpload: { Parts } })
    assert.match(done.ChecksumSHA256, /-2$/)
    const { Body } = await sdk.call('s3', 'GetObject', {
      ...upload,
      VersionId: done.VersionId,
      ChecksumMode: 'ENABLED',
    })
    assert.equal(sha256(await Body.transformToByteArray()), sha256(Buffer.concat(bodies)))
    await sdk.call('s3', 'DeleteObject', upload)
    assert.equal((await refused(sdk.call('s3', 'DeleteBucket', { Bucket }))).code, 'BucketNotEmpty')
    const { Versions, DeleteMarkers } = await sdk.call('s3', 'ListObjectVersions', { Bucket })
    assert.deepEqual([Versions.length, DeleteMarkers.length], [2, 1])
    for (const { VersionId } of [...DeleteMarkers, ...Versions]) {
      await sdk.call('s3', 'DeleteObject', { ...upload, VersionId })
    }
    await sdk.call('s3', 'DeleteBucket', { Bucket })
  })
})

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
