/** Random histories of a bucket, held against a model that keeps every version in one list. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { openEstate, text, type Estate } from './estate.ts'

const Bucket = 'history'

interface Version {
  key: string
  id: string
  /** Absent: a delete marker. */
  body?: string
}

type Step =
  | { do: 'put' | 'delete' | 'copy'; key: string; from: string }
  | { do: 'delete-version'; nth: number }
  | { do: 'versioning'; status: 'Enabled' | 'Suspended' }

const keys = ['a', 'a/', 'a/b', 'a/b/c', 'a-', 'b', 'b/\ue000', 'b/😀', 'ü/+ %', 'z\u0001']
const key = fc.constantFrom(...keys)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('put', 'delete', 'copy'), key, from: key }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('delete-version'), nth: fc.nat(30) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('versioning'), status: fc.constantFrom('Enabled', 'Suspended') }),
  },
) as fc.Arbitrary<Step>

/** Newest first within each key; the first of a key is the current one. */
class Model {
  versions: Version[] = []
  status: 'Enabled' | 'Suspended' | undefined

  current(of: string): Version | undefined {
    return this.versions.find((version) => version.key === of)
  }

  add(version: Version): void {
    if (this.status === undefined) this.versions = this.versions.filter((one) => one.key !== version.key)
    if (this.status === 'Suspended')
      this.versions = this.versions.filter((one) => one.key !== version.key || one.id !== 'null')
    this.versions.unshift(version)
  }

  remove(gone: Version): void {
    this.versions = this.versions.filter((one) => one !== gone)
  }

  ordered(): (Version & { latest: boolean })[] {
    const byKey = [...new Set(this.versions.map((one) => one.key))].sort((a, b) =>
      Buffer.compare(Buffer.from(a), Buffer.from(b)),
    )
    return byKey.flatMap((of) =>
      this.versions.filter((one) => one.key === of).map((one, index) => ({ ...one, latest: index === 0 })),
    )
  }
}

async function play(s3: Estate, model: Model, one: Step, turn: number): Promise<void> {
  switch (one.do) {
    case 'versioning':
      await s3.call('PutBucketVersioning', { Bucket, VersioningConfiguration: { Status: one.status } })
      model.status = one.status
      return
    case 'put': {
      const body = `body ${turn}`
      const { VersionId } = await s3.call('PutObject', { Bucket, Key: one.key, Body: body })
      checkId(model, VersionId)
      return model.add({ key: one.key, id: VersionId ?? 'null', body })
    }
    case 'copy': {
      const source = model.current(one.from)
      const CopySource = `/${Bucket}/${encodeURIComponent(one.from)}`
      const copy = s3.call('CopyObject', { Bucket, Key: one.key, CopySource, MetadataDirective: 'REPLACE' })
      if (source?.body === undefined) return assert.rejects(copy, { code: 'NoSuchKey' })
      const { VersionId } = await copy
      checkId(model, VersionId)
      return model.add({ key: one.key, id: VersionId ?? 'null', body: source.body })
    }
    case 'delete': {
      const { VersionId, DeleteMarker } = await s3.call('DeleteObject', { Bucket, Key: one.key })
      checkId(model, VersionId)
      assert.equal(DeleteMarker, model.status && true)
      if (model.status) return model.add({ key: one.key, id: VersionId })
      const object = model.current(one.key)
      return object && model.remove(object)
    }
    case 'delete-version': {
      const gone = model.versions[one.nth]
      if (!gone) return
      const answer = await s3.call('DeleteObject', { Bucket, Key: gone.key, VersionId: gone.id })
      assert.deepEqual([answer.VersionId, answer.DeleteMarker], [gone.id, gone.body === undefined ? true : undefined])
      return model.remove(gone)
    }
  }
}

function checkId(model: Model, id: string | undefined): void {
  if (model.status === 'Enabled') assert.match(id!, /^[A-Za-z0-9._]{32}$/)
  else assert.equal(id, model.status && 'null')
}

/** All pages of ListObjectVersions, as one list. */
async function listed(s3: Estate, input: object): Promise<{ entries: unknown[]; prefixes: string[] }> {
  const entries: unknown[] = []
  const prefixes: string[] = []
  let markers = {}
  for (;;) {
    const page = await s3.call('ListObjectVersions', { Bucket, ...input, ...markers })
    const versions = (page.Versions ?? []).map((one: any) => [one.Key, one.VersionId, one.IsLatest, one.Size])
    const deleted = (page.DeleteMarkers ?? []).map((one: any) => [one.Key, one.VersionId, one.IsLatest])
    entries.push(...versions, ...deleted)
    prefixes.push(...(page.CommonPrefixes ?? []).map((one: any) => one.Prefix))
    if (!page.IsTruncated) return { entries, prefixes }
    assert.ok(page.NextKeyMarker)
    markers = {
      KeyMarker: page.NextKeyMarker,
      ...(page.NextVersionIdMarker ? { VersionIdMarker: page.NextVersionIdMarker } : {}),
    }
  }
}

const folderOf = (of: string, prefix: string, delimiter: string) => {
  const at = delimiter === '' ? -1 : of.indexOf(delimiter, prefix.length)
  return at < 0 ? undefined : of.slice(0, at + delimiter.length)
}

describe('a bucket with versions', () => {
  it('shows what a plain list of all that happened shows', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.constantFrom('', 'a', 'a/', 'b/'),
        fc.constantFrom('', '/', 'b/'),
        fc.integer({ min: 1, max: 7 }),
        async (steps, Prefix, Delimiter, MaxKeys) => {
          const s3 = openEstate()
          try {
            await s3.call('CreateBucket', { Bucket })
            const model = new Model()
            for (const [turn, one] of steps.entries()) await play(s3, model, one, turn)
            await compare(s3, model, Prefix, Delimiter, MaxKeys)
          } finally {
            s3.close()
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})

async function compare(s3: Estate, model: Model, Prefix: string, Delimiter: string, MaxKeys: number): Promise<void> {
  const all = model.ordered().filter((one) => one.key.startsWith(Prefix))
  const shown = all.filter((one) => folderOf(one.key, Prefix, Delimiter) === undefined)
  const entry = (one: Version & { latest: boolean }) =>
    one.body === undefined ? [one.key, one.id, one.latest] : [one.key, one.id, one.latest, one.body.length]
  const folders = (of: Version[]) => [...new Set(of.flatMap((one) => folderOf(one.key, Prefix, Delimiter) ?? []))]

  const answer = await listed(s3, { Prefix, Delimiter, MaxKeys })
  // Versions and delete markers come in two lists, so their order is compared within each.
  const split = (entries: unknown[]) =>
    [3, 4].map((size) => entries.filter((one) => (one as unknown[]).length === size))
  assert.deepEqual(split(answer.entries), split(shown.map(entry)))
  assert.deepEqual(answer.prefixes, folders(all))

  const current = all.filter((one) => one.latest && one.body !== undefined)
  const objects: string[] = []
  const prefixes: string[] = []
  let token: string | undefined
  do {
    const page = await s3.call('ListObjectsV2', { Bucket, Prefix, Delimiter, MaxKeys, ContinuationToken: token })
    objects.push(...(page.Contents ?? []).map((one: any) => one.Key))
    prefixes.push(...(page.CommonPrefixes ?? []).map((one: any) => one.Prefix))
    token = page.NextContinuationToken
  } while (token !== undefined)
  assert.deepEqual(
    objects,
    current.filter((one) => folderOf(one.key, Prefix, Delimiter) === undefined).map((one) => one.key),
  )
  assert.deepEqual(prefixes, folders(current))

  for (const { key: Key, id, body } of model.versions) {
    const read = s3.call('GetObject', { Bucket, Key, VersionId: id })
    if (body === undefined) await assert.rejects(read, { code: 'MethodNotAllowed', status: 405 })
    else assert.equal(await text((await read).Body), body)
  }
}
