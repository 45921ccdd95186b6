import type { Call } from '../../door/call.ts'
import type { Store } from '../../store/store.ts'
import { partition } from '../partition.ts'
import { idOf, type ArnOf, type Noun } from './nouns.ts'

/**
 * What one account owns in one Region, read and written by noun, as the call at hand sees it.
 * `perform` gets it inside a transaction; `needs` only reads.
 */
export interface Estate {
  readonly call: Call
  readonly account: string
  readonly region: string
  /** Epoch seconds. */
  readonly now: number
  readonly arn: ArnOf
  /** What another account, or the same one in another Region of this server, owns: the other end of a peering. */
  at(account: string, region: string): Estate
  /** A new id: the prefix and 17 hex digits. */
  mint(prefix: string): string
  find<T extends object>(noun: Noun<T>, id: string | undefined): T | undefined
  /** Throws the noun's own Malformed or NotFound. */
  get<T extends object>(noun: Noun<T>, id: string): T
  /** In the order of ids. */
  list<T extends object>(noun: Noun<T>): T[]
  save<T extends object>(noun: Noun<T>, document: T): T
  remove<T extends object>(noun: Noun<T>, id: string): void
  /** What an earlier call with this client token made, if it still exists: a retried Create must not make another. */
  repeated<T extends object>(noun: Noun<T>, operation: string, token: string | undefined): T | undefined
  remember(operation: string, token: string | undefined, id: string): void
}

const CLIENT_TOKENS = 'ec2/client-token'

/** Tokens are kept a day at least, and looked through when there are many (SDKs make one for each Create). */
const MAX_CLIENT_TOKENS = 1000
const DAY = 86_400_000

function forgetTokens(store: Store, prefix: string, now: number): void {
  for (const { key, value } of store.list<{ time: number }>(CLIENT_TOKENS, { prefix })) {
    if (now - value.time > DAY) store.delete(CLIENT_TOKENS, key)
  }
}

export function estateOf(call: Call, account = call.account, region = call.region): Estate {
  const { world } = call
  const { store } = world
  const prefix = `${account}/${region}/`
  const find: Estate['find'] = (noun, id) => (id === undefined ? undefined : store.get(noun.kind, prefix + id))
  return {
    call,
    account,
    region,
    now: call.time / 1000,
    arn: (type, id) => `arn:${partition(region)}:ec2:${region}:${account}:${type}/${id}`,
    at: (otherAccount, otherRegion) => estateOf(call, otherAccount, otherRegion),
    mint: (start) => start + world.hex(17),
    find,
    get(noun, id) {
      const document = find(noun, id)
      if (document) return document
      if (noun.malformed && !new RegExp(`^${noun.prefix}[0-9a-z]+$`).test(id)) throw noun.malformed(id)
      throw noun.notFound(id)
    },
    list: <T extends object>(noun: Noun<T>) => store.list<T>(noun.kind, { prefix }).map((row) => row.value),
    save(noun, document) {
      store.put(noun.kind, prefix + idOf(noun, document), document)
      return document
    },
    remove: (noun, id) => void store.delete(noun.kind, prefix + id),
    repeated(noun, operation, token) {
      if (!token) return undefined
      return find(noun, store.get<{ id: string }>(CLIENT_TOKENS, `${prefix}${operation}/${token}`)?.id)
    },
    remember(operation, token, id) {
      if (!token) return
      if (store.count(CLIENT_TOKENS, prefix) >= MAX_CLIENT_TOKENS) forgetTokens(store, prefix, call.time)
      store.put(CLIENT_TOKENS, `${prefix}${operation}/${token}`, { id, time: call.time })
    },
  }
}
