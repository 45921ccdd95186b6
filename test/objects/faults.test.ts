import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { connect, type Client } from '../../src/cli/client.ts'
import { serve, type ChildServer } from '../clients/child-server.ts'

const MIB = 1024 * 1024
const Bucket = 'faults'
const root = mkdtempSync(join(tmpdir(), 'sallyport-faults-'))
after(() => rmSync(root, { recursive: true, force: true }))

function clientOf(dataDir: string, { url }: ChildServer): Client {
  const { admin } = JSON.parse(readFileSync(join(dataDir, 'credentials.json'), 'utf8')) as {
    admin: { accessKeyId: string; secretAccessKey: string }
  }
  return connect({
    AWS_ACCESS_KEY_ID: admin.accessKeyId,
    AWS_SECRET_ACCESS_KEY: admin.secretAccessKey,
    AWS_ENDPOINT_URL: url,
    AWS_PROFILE: 'none',
  })
}

const read = async (client: Client, Key: string): Promise<Buffer> => {
  const { Body } = await client.call('s3', 'GetObject', { Bucket, Key })
  return Buffer.from(Body as Uint8Array)
}
const staged = (dataDir: string) => readdirSync(join(dataDir, 'objects', 'staging'))

describe('a server that is killed', () => {
  it('has lost nothing that it acknowledged, and shows nothing by halves', async () => {
    const dataDir = join(root, 'killed')
    const acknowledged = new Map<string, string>()
    const parts = [randomBytes(5 * MIB), randomBytes(100_000)]
    for (const round of [0, 1, 2]) {
      const server = await serve(dataDir)
      const client = clientOf(dataDir, server)
      const call = (operation: string, input: object) => client.call('s3', operation, { Bucket, ...input })
      if (round === 0) await call('CreateBucket', {})
      const write = async (worker: number) => {
        // Until the server is gone: then a call rejects.
        for (let n = 0; ; n++) {
          const Key = `${round}/${worker}/${n}`
          const Body = randomBytes([100, 4096, 300_000, 3 * MIB][n % 4]!)
          await call('PutObject', { Key, Body })
          acknowledged.set(Key, createHash('md5').update(Body).digest('hex'))
        }
      }
      const upload = async () => {
        for (let n = 0; ; n++) {
          const Key = `${round}/upload/${n}`
          const { UploadId } = await call('CreateMultipartUpload', { Key })
          const Parts = []
          for (const [index, Body] of parts.entries()) {
            const PartNumber = index + 1
            const { ETag } = await call('UploadPart', { Key, UploadId, PartNumber, Body })
            Parts.push({ PartNumber, ETag })
          }
          await call('CompleteMultipartUpload', { Key, UploadId, MultipartUpload: { Parts } })
          acknowledged.set(Key, createHash('md5').update(Buffer.concat(parts)).digest('hex'))
        }
      }
      const before = acknowledged.size
      const working = Promise.allSettled([write(0), write(1), write(2), upload()])
      while (acknowledged.size < before + 8) await pause(20)
      await pause(round * 37)
      await server.end('SIGKILL')
      await working
    }
    const server = await serve(dataDir)
    const client = clientOf(dataDir, server)
    assert.deepEqual(staged(dataDir), [])
    const { Contents } = await client.call('s3', 'ListObjectsV2', { Bucket })
    const listed = Contents as { Key: string; Size: number }[]
    for (const { Key, Size } of listed) {
      // Whoever was not answered may find the object, but then it is whole.
      const content = await read(client, Key)
      assert.equal(content.length, Size)
      const sum = acknowledged.get(Key)
      if (sum !== undefined) assert.equal(createHash('md5').update(content).digest('hex'), sum)
      else if (Key.includes('/upload/')) assert.deepEqual(content, Buffer.concat(parts))
      acknowledged.delete(Key)
    }
    assert.deepEqual([...acknowledged.keys()], [])
    await server.end('SIGTERM')
  })
})

const disks: [string, () => Disk][] = [['files that may not grow', smallFiles]]
if (process.getuid?.() === 0) disks.push(['a full disk', smallDisk])

describe('no room', () => {
  for (const [what, open] of disks) {
    it(`${what}: S3's InternalError, nothing by halves, and over when there is room`, async () => {
      const disk = open()
      try {
        const dataDir = join(disk.path, 'data')
        const server = await serve(dataDir)
        const client = clientOf(dataDir, server)
        const call = (operation: string, input: object) => client.call('s3', operation, { Bucket, ...input })
        await call('CreateBucket', {})
        const kept = randomBytes(MIB)
        await call('PutObject', { Key: 'before', Body: kept })
        disk.fill(6 * MIB)
        const full = { code: 'InternalError', status: 500 }
        for (const Key of ['one', 'before']) {
          await assert.rejects(call('PutObject', { Key, Body: randomBytes(8 * MIB) }), full)
        }
        const { UploadId } = await call('CreateMultipartUpload', { Key: 'parts' })
        await assert.rejects(
          call('UploadPart', { Key: 'parts', UploadId, PartNumber: 1, Body: randomBytes(8 * MIB) }),
          full,
        )
        await assert.rejects(call('GetObject', { Key: 'one' }), { code: 'NoSuchKey' })
        assert.deepEqual(await read(client, 'before'), kept)
        assert.deepEqual(staged(dataDir), [])
        disk.free()
        const big = randomBytes(8 * MIB)
        await call('PutObject', { Key: 'one', Body: big })
        assert.deepEqual(await read(client, 'one'), big)
        await server.end('SIGTERM')
      } finally {
        disk.close()
      }
    })
  }
})

interface Disk {
  path: string
  /** Leaves room for no more than so many bytes. */
  fill(left: number): void
  free(): void
  close(): void
}

/** A file system of 32 MiB, which only root may mount. */
function smallDisk(): Disk {
  const path = mkdtempSync(join(root, 'disk-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=32m', 'tmpfs', path])
  const ballast = join(path, 'ballast')
  return {
    path,
    fill(left) {
      const { bavail, bsize } = statfsSync(path)
      writeFileSync(ballast, Buffer.alloc(bavail * bsize - left))
    },
    free: () => rmSync(ballast),
    close: () => void execFileSync('umount', ['-l', path]),
  }
}

/** No file of the server's may grow beyond what is left: what the kernel says then is what it says of a quota. */
function smallFiles(): Disk {
  const path = mkdtempSync(join(root, 'files-'))
  const limit = (size: string) => {
    const [pid] = readFileSync(join(path, 'data', 'server.lock'), 'utf8').split(' ')
    execFileSync('prlimit', [`--pid=${pid}`, `--fsize=${size}:`])
  }
  return { path, fill: (left) => limit(String(left)), free: () => limit('unlimited'), close: () => {} }
}
