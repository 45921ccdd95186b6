/**
 * Pages of a bucket with 1,000,000 keys beside the same pages of one with 1,000, in turn:
 *   node bench/s3-list.ts [--keys 1000000] [--rounds 40] [--versions]
 * Both are filled through the store, as PUTs would have left them: each document is the one of an object that was really put,
 * under another key. 100 folders, so that a delimiter finds as many in both. Pages begin at random places.
 * `--versions` puts a version that is not current beside every key of the large one.
 */
import { randomInt } from 'node:crypto'
import { request } from 'node:http'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { signed } from '../src/cli/client.ts'
import { objectKey, OBJECTS, type StoredObject } from '../src/services/s3/object.ts'
import { VERSIONS, versionKey } from '../src/services/s3/versions.ts'
import { openStore } from '../src/store/sqlite.ts'
import { machine, median, startSallyport } from './support.ts'

const { values } = parseArgs({
  options: {
    keys: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '40' },
    versions: { type: 'boolean', default: false },
  },
})
const FOLDERS = 100
const small = { name: 'small', keys: 1000 }
const large = { name: 'large', keys: Number(values.keys) }
const rounds = Number(values.rounds)

const ours = await startSallyport()
const keyOf = (bucket: typeof small, n: number) => {
  const each = bucket.keys / FOLDERS
  return `folder-${String(Math.floor(n / each)).padStart(2, '0')}/object-${String(n % each).padStart(7, '0')}`
}

const filling = performance.now()
const store = openStore(join(ours.dataDir, 'sallyport.db'))
for (const bucket of [small, large]) {
  await ours.client.call('s3', 'CreateBucket', { Bucket: bucket.name })
  await ours.client.call('s3', 'PutObject', { Bucket: bucket.name, Key: keyOf(bucket, 0), Body: 'x' })
  const object = store.get<StoredObject>(OBJECTS, objectKey(bucket.name, keyOf(bucket, 0)))!
  for (let first = 0; first < bucket.keys; first += 10_000) {
    store.transaction(() => {
      for (let n = first; n < Math.min(first + 10_000, bucket.keys); n++) {
        const key = keyOf(bucket, n)
        store.put<StoredObject>(OBJECTS, objectKey(bucket.name, key), object)
        if (values.versions && bucket === large) {
          store.put(VERSIONS, versionKey(bucket.name, key, 1), { key, object })
        }
      }
    })
  }
}
store.close()
console.log(`${machine()}; filled in ${Math.round((performance.now() - filling) / 1000)} s`)

const keys = {
  accessKeyId: ours.env['AWS_ACCESS_KEY_ID']!,
  secretAccessKey: ours.env['AWS_SECRET_ACCESS_KEY']!,
  sessionToken: undefined,
}

type Bucket = typeof small
/** Query of a page, and how many entries it must have. */
const pages: { [name: string]: { query: (bucket: Bucket) => Record<string, string>; entries: number } } = {
  'first 1,000': { query: () => ({}), entries: 1000 },
  'first 100': { query: () => ({ 'max-keys': '100' }), entries: 100 },
  'middle 100': {
    query: (bucket) => ({ 'max-keys': '100', 'start-after': keyOf(bucket, randomInt(bucket.keys - 101)) }),
    entries: 100,
  },
  'last 100': { query: (bucket) => ({ 'start-after': keyOf(bucket, bucket.keys - 101) }), entries: 100 },
  'delimiter, 100 folders': { query: () => ({ delimiter: '/' }), entries: FOLDERS },
  'delimiter, 10 in the middle': {
    query: () => ({ delimiter: '/', 'max-keys': '10', 'start-after': `folder-${randomInt(10, 80)}0` }),
    entries: 10,
  },
  'in a folder, 10': {
    query: () => ({ delimiter: '/', prefix: `folder-${randomInt(10, FOLDERS)}/`, 'max-keys': '10' }),
    entries: 10,
  },
}

/** One page; resolves to milliseconds. */
function list(bucket: Bucket, { query, entries }: (typeof pages)[string]): Promise<number> {
  const path = `/${bucket.name}`
  const text = new URLSearchParams({ 'list-type': '2', ...query(bucket) }).toString().replaceAll('+', '%20')
  const call = { method: 'GET', path, query: text, headers: {}, body: Buffer.alloc(0) }
  const { headers } = signed(call, ours.url, keys, { region: 'us-east-1', service: 's3' })
  const { hostname, port } = new URL(ours.url)
  const at = performance.now()
  return new Promise((resolve, reject) => {
    const message = request({ host: hostname, port, path: `${path}?${text}`, headers }, (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => (body += chunk.toString()))
      response.on('end', () => {
        const took = performance.now() - at
        const found = Number(/<KeyCount>(\d+)</.exec(body)?.[1])
        if (found === entries) resolve(took)
        else reject(new Error(`${path}?${text}: ${response.statusCode}, ${found} entries: ${body.slice(0, 300)}`))
      })
    })
    message.on('error', reject)
    message.end()
  })
}

try {
  console.log(
    '| page | 1,000 keys | 1,000,000 keys | ratio |\n|---|---|---|---|'.replace(
      '1,000,000',
      large.keys.toLocaleString('en'),
    ),
  )
  for (const [name, page] of Object.entries(pages)) {
    const took = { small: [] as number[], large: [] as number[] }
    for (let round = -5; round < rounds; round++) {
      const [one, other] = [await list(small, page), await list(large, page)]
      if (round < 0) continue // warm-up
      took.small.push(one)
      took.large.push(other)
    }
    const [one, other] = [median(took.small), median(took.large)]
    console.log(`| ${name} | ${one.toFixed(2)} ms | ${other.toFixed(2)} ms | ${(other / one).toFixed(2)} |`)
  }
} finally {
  await ours.stop()
}
