import type { Vault } from '../store/vault.ts'
import { readXml } from '../wire/xml-read.ts'
import { NoBlob, type Blobs } from './blobs.ts'
import type { Objects } from './objects.ts'
import { remoteClient, RemoteError, type RemoteStore } from './remote-client.ts'
import { sealedObjects } from './sealed.ts'

/** Bytes that go in one request; longer blobs are uploaded in parts of so many. 10,000 of them are more than a part of ours can be. */
const PART_BYTES = 8 * 1024 * 1024

export function remoteObjects(store: RemoteStore, vault: Vault): Objects {
  return sealedObjects(remoteBlobs(store), vault)
}

/**
 * Objects `PREFIXabcdef…` in another S3 store. What lies there is encrypted before it leaves, and checked when it comes back: the
 * store is trusted to keep bytes, not to keep them secret or right. One server owns a prefix.
 */
export function remoteBlobs(store: RemoteStore): Blobs {
  const { send, ask } = remoteClient(store)
  const underway = new Set<string>()

  async function abort(key: string, uploadId: string): Promise<void> {
    await ask({ method: 'DELETE', key, query: { uploadId } })
  }

  async function upload(key: string, parts: AsyncIterable<Buffer>): Promise<void> {
    const begun = await ask({ method: 'POST', key, query: { uploads: '' } })
    const uploadId = readXml(Buffer.from(begun.body))?.children.find(({ name }) => name === 'UploadId')?.text
    if (!uploadId) throw new Error('the object store began an upload without an id')
    underway.add(uploadId)
    try {
      const etags: string[] = []
      for await (const body of parts) {
        const query = { partNumber: String(etags.length + 1), uploadId }
        etags.push((await ask({ method: 'PUT', key, query, body })).headers.etag ?? '')
      }
      const list = etags.map((etag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${etag}</ETag></Part>`)
      const body = Buffer.from(`<CompleteMultipartUpload>${list.join('')}</CompleteMultipartUpload>`)
      const done = await ask({ method: 'POST', key, query: { uploadId }, body })
      // S3 may answer 200 and tell of a failure in the body (S3 API Reference, CompleteMultipartUpload).
      if (done.body.includes('<Error>')) throw new RemoteError(500, { method: 'POST', key }, done.body)
    } catch (error) {
      await abort(key, uploadId).catch(() => {})
      throw error
    } finally {
      underway.delete(uploadId)
    }
  }

  /** Every page of a listing of the bucket, under the prefix. */
  async function* pages(query: Record<string, string>, markers: Record<string, string>) {
    for (let next: Record<string, string> | undefined = {}; next;) {
      const { body } = await ask({ method: 'GET', query: { ...query, prefix: store.prefix, ...next } })
      const root: Element | undefined = readXml(Buffer.from(body))
      if (!root) return
      yield root
      next = textOf(root, 'IsTruncated') === 'true' ? nextOf(root, markers) : undefined
    }
  }

  return {
    async write(id, source) {
      const parts = inParts(source)
      const first = await parts.next()
      const second = first.done ? first : await parts.next()
      if (second.done) {
        await ask({ method: 'PUT', key: id, body: first.done ? Buffer.alloc(0) : first.value })
        return
      }
      const rest = (async function* () {
        yield first.value as Buffer
        yield second.value
        yield* parts
      })()
      await upload(id, rest)
    },
    async *read(id, start, length) {
      try {
        yield* await send({ method: 'GET', key: id, headers: { range: `bytes=${start}-${start + length - 1}` } })
      } catch (error) {
        if (error instanceof RemoteError && error.status === 404) throw new NoBlob(id, { cause: error })
        // A range beyond what is there: the blob was cut off.
        if (!(error instanceof RemoteError) || error.status !== 416) throw error
      }
    },
    async delete(id) {
      await ask({ method: 'DELETE', key: id })
    },
    async *list() {
      for await (const page of pages({ 'list-type': '2' }, { 'continuation-token': 'NextContinuationToken' })) {
        for (const found of page.children.filter(({ name }) => name === 'Contents')) {
          const id = textOf(found, 'Key').slice(store.prefix.length)
          if (!/^[0-9a-f]{32}$/.test(id)) continue
          yield { id, size: Number(textOf(found, 'Size')), writtenAt: Date.parse(textOf(found, 'LastModified')) }
        }
      }
    },
    async recover() {
      for await (const page of pages(
        { uploads: '' },
        { 'key-marker': 'NextKeyMarker', 'upload-id-marker': 'NextUploadIdMarker' },
      )) {
        for (const found of page.children.filter(({ name }) => name === 'Upload')) {
          const uploadId = textOf(found, 'UploadId')
          if (!underway.has(uploadId)) await abort(textOf(found, 'Key').slice(store.prefix.length), uploadId)
        }
      }
    },
  }
}

type Element = NonNullable<ReturnType<typeof readXml>>

const textOf = (element: Element, name: string) => element.children.find((child) => child.name === name)?.text ?? ''

function nextOf(page: Element, markers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(markers).map(([parameter, name]) => [parameter, textOf(page, name)]))
}

/** Gathers a stream into parts, all but the last of the full size. */
async function* inParts(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void> {
  let pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of source) {
    let rest = piece
    while (size + rest.length >= PART_BYTES) {
      const taken = rest.subarray(0, PART_BYTES - size)
      rest = rest.subarray(taken.length)
      yield Buffer.concat([...pieces, taken])
      pieces = []
      size = 0
    }
    pieces.push(rest)
    size += rest.length
  }
  if (size > 0) yield Buffer.concat(pieces)
}
