import type { Layer } from '../../src/advise/explanation.ts'
import type { Kind, KindName } from './kinds.ts'
import type { Broken } from './lab.ts'
import type { Words } from './words.ts'

/** One thing that people stumble over, for every kind of request that it can hit. `{name}`s are the site's (site.ts). */
export interface Pain extends Omit<Broken, 'request' | 'caller'> {
  /** Number in the collection of real reports (facts: pains.md). */
  pain: string
  name: string
  kinds: readonly KindName[]
  /** Members of the request that differ. */
  request?: (kind: Kind) => Record<string, unknown>
  /** Statements of the user who asks; else an administrator asks. */
  caller?: (kind: Kind) => Broken['caller']
  /** Bucket of its input, where that is not the site's. */
  input?: string
  says: Words
  /** The layer that `explain` blames first, and what it names there. */
  layer: Layer | Partial<Record<KindName, Layer>>
  blames: string
  /** Nothing in the account is wrong, but the request: there is no fix to apply. */
  requestIsWrong?: true
  /** What else the first fix may not open: its input does not match this. */
  fixSpares?: RegExp
}

export const policy = (...Statement: object[]): string => JSON.stringify({ Version: '2012-10-17', Statement })

export const running: readonly KindName[] = ['training', 'processing', 'transform', 'tuning', 'compilation']
