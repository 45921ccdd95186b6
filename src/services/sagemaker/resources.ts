import type { Store } from '../../store/store.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { page } from './page.ts'

/** Where resources lie. */
export interface Place {
  account: string
  region: string
}

/** What is kept of a resource: AWS's own description, and where it belongs. */
export interface Resource<D extends object = object> extends Place {
  /** As the ARN ends: `NAME`, `DOMAIN/USER`. */
  name: string
  arn: string
  description: D
}

/** What lists look at, kept apart in the order of creation: a list of a few among many reads but these few. */
export interface Entry {
  name: string
  /** Epoch seconds. */
  created: number
  modified: number
  status?: string | undefined
}

/** Members that SageMaker's List operations share (API reference, ListTrainingJobs and its siblings). */
export interface ListInput {
  NextToken?: string | undefined
  MaxResults?: number | undefined
  NameContains?: string | undefined
  StatusEquals?: string | undefined
  CreationTimeAfter?: number | undefined
  CreationTimeBefore?: number | undefined
  LastModifiedTimeAfter?: number | undefined
  LastModifiedTimeBefore?: number | undefined
  SortBy?: string | undefined
  SortOrder?: string | undefined
}

const PAGE_SIZE = 10
/** Entries read at a time. */
const CHUNK = 128
/** Later than any creation, milliseconds: keys count down, so that the newest come first. */
const END_OF_TIME = 9_999_999_999_999

/** All resources of one type, by account, Region and name. */
export class Resources<R extends Resource> {
  /** As in ARNs: `training-job`. */
  readonly type: string
  readonly #entryOf: (resource: R) => Omit<Entry, 'name'>
  readonly #notFound: (arn: string, name: string) => AwsError
  readonly #kind: string
  readonly #order: string

  /** `notFound` is AWS's sentence for a name that it does not know. */
  constructor(
    type: string,
    entryOf: (resource: R) => Omit<Entry, 'name'>,
    notFound: string | ((arn: string, name: string) => AwsError) = 'Requested resource not found.',
  ) {
    this.type = type
    this.#entryOf = entryOf
    this.#notFound = typeof notFound === 'string' ? () => new AwsError('ValidationException', notFound) : notFound
    this.#kind = `sagemaker/${type}`
    this.#order = `sagemaker/${type}/order`
  }

  arn({ account, region }: Place, name: string): string {
    return `arn:aws:sagemaker:${region}:${account}:${this.type}/${name}`
  }

  find(store: Store, { account, region }: Place, name: string): R | undefined {
    return store.get<R>(this.#kind, `${account}/${region}/${name}`)
  }

  /** Throws AWS's answer for a name that it does not know. */
  must(store: Store, at: Place, name: string): R {
    const found = this.find(store, at, name)
    if (!found) throw this.#notFound(this.arn(at, name), name)
    return found
  }

  /** By name; `prefix`: names that begin so. For lists that users see: `page`. */
  all(store: Store, { account, region }: Place, prefix = ''): R[] {
    return store.list<R>(this.#kind, { prefix: `${account}/${region}/${prefix}` }).map(({ value }) => value)
  }

  everywhere(store: Store): R[] {
    return store.list<R>(this.#kind).map(({ value }) => value)
  }

  save(store: Store, resource: R): void {
    const { account, region, name } = resource
    const entry = { name, ...this.#entryOf(resource) }
    store.transaction(() => {
      store.put(this.#kind, `${account}/${region}/${name}`, resource)
      store.put(this.#order, orderKey(resource, entry), entry)
    })
  }

  /** Reads, changes and writes in one transaction; returns the new one. */
  change(store: Store, at: Place & { name: string }, change: (resource: R) => void): R {
    return store.transaction(() => {
      const changed = structuredClone(this.must(store, at, at.name))
      change(changed)
      this.save(store, changed)
      return changed
    })
  }

  /** True when it was there. */
  delete(store: Store, at: Place & { name: string }): boolean {
    return store.transaction(() => {
      const found = this.find(store, at, at.name)
      if (!found) return false
      store.delete(this.#order, orderKey(found, this.#entryOf(found)))
      return store.delete(this.#kind, `${at.account}/${at.region}/${at.name}`)
    })
  }

  /**
   * One page of a List operation: newest first unless `input` or `defaults` say otherwise. `keep` is a filter of the
   * operation's own. Throws ValidationException for a token that is none.
   */
  page(
    store: Store,
    at: Place,
    input: ListInput,
    {
      keep,
      sortBy = 'CreationTime',
      sortOrder = 'Descending',
    }: { keep?: (resource: R) => boolean; sortBy?: string; sortOrder?: string } = {},
  ): { items: R[]; next?: string } {
    const by = input.SortBy ?? sortBy
    const descending = (input.SortOrder ?? sortOrder) === 'Descending'
    const read = ({ name }: Entry) => this.find(store, at, name)!
    const wanted = (entry: Entry) => isWanted(entry, input) && (keep === undefined || keep(read(entry)))
    if (by === 'CreationTime' && descending) return this.#newestFirst(store, at, input, wanted, read)
    const prefix = `${at.account}/${at.region}/`
    const all = store.list<Entry>(this.#order, { prefix }).map(({ value }) => value)
    const key = sortKeys[by] ?? sortKeys['CreationTime']!
    const sign = descending ? -1 : 1
    const sorted = all
      .filter(wanted)
      .sort((a, b) => sign * (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.name < b.name ? -1 : 1))
    const { items, next } = page(sorted, input, PAGE_SIZE)
    return { items: items.map(read), ...(next !== undefined && { next }) }
  }

  #newestFirst(
    store: Store,
    { account, region }: Place,
    { NextToken, MaxResults = PAGE_SIZE }: ListInput,
    wanted: (entry: Entry) => boolean,
    read: (entry: Entry) => R,
  ): { items: R[]; next?: string } {
    const prefix = `${account}/${region}/`
    const items: R[] = []
    let after = NextToken === undefined ? undefined : prefix + keyOfToken(NextToken)
    let last = ''
    for (;;) {
      const rows = store.list<Entry>(this.#order, { prefix, limit: CHUNK, ...(after !== undefined && { after }) })
      for (const { key, value } of rows) {
        after = key
        if (!wanted(value)) continue
        if (items.length === MaxResults) return { items, next: tokenOf(last.slice(prefix.length)) }
        items.push(read(value))
        last = key
      }
      if (rows.length < CHUNK) return { items }
    }
  }
}

const sortKeys: Readonly<Record<string, (entry: Entry) => string | number>> = {
  Name: ({ name }) => name,
  CreationTime: ({ created }) => created,
  LastModifiedTime: ({ modified }) => modified,
  Status: ({ status = '' }) => status,
}

function orderKey({ account, region, name }: Resource, { created }: Pick<Entry, 'created'>): string {
  const age = String(END_OF_TIME - Math.round(created * 1000)).padStart(13, '0')
  return `${account}/${region}/${age}/${name}`
}

function isWanted({ name, created, modified, status }: Entry, input: ListInput): boolean {
  return (
    (input.NameContains === undefined || name.toLowerCase().includes(input.NameContains.toLowerCase())) &&
    (input.StatusEquals === undefined || status === input.StatusEquals) &&
    (input.CreationTimeAfter === undefined || created > input.CreationTimeAfter) &&
    (input.CreationTimeBefore === undefined || created < input.CreationTimeBefore) &&
    (input.LastModifiedTimeAfter === undefined || modified > input.LastModifiedTimeAfter) &&
    (input.LastModifiedTimeBefore === undefined || modified < input.LastModifiedTimeBefore)
  )
}

const tokenOf = (key: string) => Buffer.from(`key:${key}`).toString('base64')

function keyOfToken(token: string): string {
  const match = /^key:(\d{13}\/.+)$/.exec(Buffer.from(token, 'base64').toString('utf8'))
  if (!match) throw new AwsError('ValidationException', 'Invalid NextToken.') // inferred: sentence
  return match[1]!
}
