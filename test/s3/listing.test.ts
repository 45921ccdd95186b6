import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { fromToken, toToken } from '../../src/services/s3/continuation-token.ts'
import { encoder } from '../../src/services/s3/listing.ts'
import { OBJECTS } from '../../src/services/s3/object.ts'
import { openEstate, type Estate } from './estate.ts'

const Bucket = 'listing'

interface Page {
  Contents?: { Key: string }[]
  CommonPrefixes?: { Prefix: string }[]
  IsTruncated: boolean
  KeyCount?: number
  NextContinuationToken?: string
  NextMarker?: string
}

async function withKeys(keys: Iterable<string>, body: (s3: Estate) => Promise<void>): Promise<void> {
  const s3 = openEstate()
  try {
    for (const bucket of [Bucket, 'listin', 'listing2']) await s3.call('CreateBucket', { Bucket: bucket })
    const object = {
      bytes: { id: '0', size: 1, md5: 'e', sha256: '' },
      etag: 'e',
      lastModified: 1,
      headers: {},
      metadata: {},
    }
    for (const key of keys) s3.world.store.put(OBJECTS, `${Bucket}/${key}`, object)
    await body(s3)
  } finally {
    s3.close()
  }
}

const items = (page: Page) => ({
  keys: page.Contents?.map(({ Key }) => Key) ?? [],
  prefixes: page.CommonPrefixes?.map(({ Prefix }) => Prefix) ?? [],
})

/** All pages, by the tokens of V2 or the markers of V1. */
async function pages(s3: Estate, version: 1 | 2, input: object): Promise<{ keys: string[]; prefixes: string[] }> {
  const all = { keys: [] as string[], prefixes: [] as string[] }
  let next: object = {}
  for (;;) {
    const page: Page = await s3.call(version === 1 ? 'ListObjects' : 'ListObjectsV2', { Bucket, ...input, ...next })
    const { keys, prefixes } = items(page)
    all.keys.push(...keys)
    all.prefixes.push(...prefixes)
    if (version === 2) assert.equal(page.KeyCount, keys.length + prefixes.length)
    if (!page.IsTruncated) return all
    assert.ok(keys.length + prefixes.length > 0)
    next =
      version === 2 ? { ContinuationToken: page.NextContinuationToken } : { Marker: page.NextMarker ?? keys.at(-1) }
  }
}

/** What a listing has to be, straight from its definition. */
function expected(keys: Iterable<string>, prefix: string, delimiter: string) {
  const sorted = [...keys]
    .filter((key) => key.startsWith(prefix))
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  const folder = (key: string) => {
    const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
    return at < 0 ? undefined : key.slice(0, at + delimiter.length)
  }
  return {
    keys: sorted.filter((key) => folder(key) === undefined),
    prefixes: [...new Set(sorted.flatMap((key) => folder(key) ?? []))],
  }
}

describe('a listing', () => {
  it('is complete and in order, whatever the keys, the folders and the size of its pages', async () => {
    const part = fc.string({ unit: fc.constantFrom('a', 'b', '/', '-', '\ue000', '😀', '\u{10ffff}'), maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(
        fc.set(
          part.filter((key) => key !== ''),
          { maxLength: 25 },
        ),
        fc.constantFrom('', 'a', 'a/', '/', '😀'),
        fc.constantFrom('', '/', '-', 'ab', '😀'),
        fc.integer({ min: 1, max: 6 }),
        async (keys, Prefix, Delimiter, MaxKeys) =>
          withKeys(keys, async (s3) => {
            const wanted = expected(keys, Prefix, Delimiter)
            for (const version of [1, 2] as const) {
              assert.deepEqual(await pages(s3, version, { Prefix, Delimiter, MaxKeys }), wanted)
              assert.deepEqual(await pages(s3, version, { Prefix, Delimiter }), wanted)
            }
          }),
      ),
      { seed: 20260901, numRuns: 60 },
    )
  })

  it('begins after a key, and counts and names what was asked', async () => {
    await withKeys(['a', 'b/1', 'b/2', 'c'], async (s3) => {
      assert.deepEqual(items(await s3.call('ListObjectsV2', { Bucket, StartAfter: 'b/1' })).keys, ['b/2', 'c'])
      assert.deepEqual(items(await s3.call('ListObjectsV2', { Bucket, StartAfter: 'b/1', Delimiter: '/' })).prefixes, [
        'b/',
      ])
      assert.deepEqual(items(await s3.call('ListObjects', { Bucket, Marker: 'b/', Delimiter: '/' })), {
        keys: ['c'],
        prefixes: [],
      })
      const none = await s3.call('ListObjectsV2', { Bucket, MaxKeys: 0 })
      assert.deepEqual([none.KeyCount, none.IsTruncated, none.MaxKeys], [0, false, 0])
      assert.equal((await s3.call('ListObjectsV2', { Bucket, MaxKeys: 5000 })).MaxKeys, 1000)
      const one = (await s3.call('ListObjectsV2', { Bucket, Prefix: 'c', FetchOwner: true })).Contents[0]
      assert.deepEqual([one.Key, one.ETag, one.Size, one.StorageClass], ['c', '"e"', 1, 'STANDARD'])
      assert.match(one.Owner.ID, /^[0-9a-f]{64}$/)
      await assert.rejects(s3.call('ListObjectsV2', { Bucket, MaxKeys: -1 }), { code: 'InvalidArgument' })
      await assert.rejects(s3.call('ListObjectsV2', { Bucket, ContinuationToken: 'nonsense' }), {
        code: 'InvalidArgument',
      })
      await assert.rejects(s3.call('ListObjectsV2', { Bucket, EncodingType: 'xml' }), { code: 'InvalidArgument' })
    })
  })

  it('encodes what XML cannot carry', async () => {
    await withKeys(['a b+\u0001(é)/x'], async (s3) => {
      const page = await s3.call('ListObjectsV2', { Bucket, Prefix: 'a b', Delimiter: '/', EncodingType: 'url' })
      assert.deepEqual(items(page).prefixes, ['a+b%2B%01%28%C3%A9%29/'])
      assert.deepEqual([page.Prefix, page.Delimiter, page.EncodingType], ['a+b', '/', 'url'])
    })
    assert.equal(encoder('url')("'!*~ü"), '%27%21*%7E%C3%BC')
  })

  it('refuses sizes that no page has', async () => {
    await withKeys([], async (s3) => {
      const refused: [Parameters<Estate['call']>[0], object, string][] = [
        ['ListObjects', { MaxKeys: -1 }, 'Argument maxKeys must be an integer between 0 and 2147483647'],
        ['ListObjectsV2', { MaxKeys: 2 ** 31 }, 'Provided max-keys not an integer or within integer range'],
        [
          'ListMultipartUploads',
          { MaxUploads: -1 },
          'Argument max-uploads must be an integer between 0 and 2147483647',
        ],
        ['ListMultipartUploads', { EncodingType: 'x' }, 'Invalid Encoding Method specified in Request'],
        ['ListBuckets', { MaxBuckets: 0 }, 'Argument max-buckets must be an integer between 1 and 10000'],
      ]
      for (const [operation, input, message] of refused) {
        await assert.rejects(s3.call(operation, { Bucket, ...input }), { code: 'InvalidArgument', message })
      }
    })
  })

  it('takes no token but its own', () => {
    const end = { last: 'a/ü😀', isPrefix: true }
    assert.deepEqual(fromToken(toToken(end)), end)
    for (const token of ['', 'a', Buffer.from('x').toString('base64')]) assert.throws(() => fromToken(token))
  })
})
