import type { Caller } from '../../door/call.ts'
import { compile } from '../../policy/compile.ts'
import { parsePolicy } from '../../policy/parse.ts'
import type { CompiledPolicy } from '../../policy/types.ts'
import type { Store } from '../../store/store.ts'
import { boundText } from '../iam/bound-principals.ts'
import { findBucket, type Bucket } from './bucket.ts'
import { isPublicPolicy } from './public-access.ts'

interface Compiled {
  policy: CompiledPolicy
  /** What it denies, alone; made when it is first asked for. */
  denials?: CompiledPolicy | 'none'
  isPublic: boolean
}

/** By bucket document, which the store gives as the same object until it changes. */
const cache = new WeakMap<Bucket, Compiled>()

function compiled(bucket: Bucket): Compiled | undefined {
  if (!bucket.policy) return undefined
  let found = cache.get(bucket)
  if (!found) {
    const { text } = bucket.policy
    const policy = compile(boundText(bucket.policy), {
      id: `bucket-policy:${bucket.name}`,
      managed: false,
      grammar: 'resource',
    })
    found = { policy: { ...policy, text }, isPublic: isPublicPolicy(parsePolicy(text, 'resource')) }
    cache.set(bucket, found)
  }
  return found
}

/** The compiled policy of a bucket, or undefined when it has none, or is not there. */
export function bucketPolicy(store: Store, name: string): CompiledPolicy | undefined {
  const bucket = findBucket(store, name)
  return bucket && compiled(bucket)?.policy
}

/** The statements of a bucket's policy that deny: of an object that is another account's it can say no more. */
export function denialsOf(bucket: Bucket): CompiledPolicy | undefined {
  const found = compiled(bucket)
  if (!found) return undefined
  found.denials ??= compileDenials(bucket, found.policy)
  return found.denials === 'none' ? undefined : found.denials
}

function compileDenials({ policy: bound }: Bucket, { id, text }: CompiledPolicy): CompiledPolicy | 'none' {
  const document = JSON.parse(boundText(bound!)) as { Statement: { Effect?: string } | { Effect?: string }[] }
  const Statement = [document.Statement].flat().filter(({ Effect }) => Effect === 'Deny')
  if (Statement.length === 0) return 'none'
  return { ...compile(JSON.stringify({ ...document, Statement }), { id, managed: false, grammar: 'resource' }), text }
}

/**
 * The policy as it stands for this caller: RestrictPublicBuckets leaves a public policy to AWS's services and the bucket's
 * own account (S3 User Guide, "Blocking public access to your Amazon S3 storage").
 */
export function policyFor(bucket: Bucket, caller: Caller): CompiledPolicy | undefined {
  const found = compiled(bucket)
  if (!found?.isPublic || !bucket.publicAccessBlock?.RestrictPublicBuckets) return found?.policy
  const own = caller.kind === 'service' || (caller.kind !== 'anonymous' && caller.account === bucket.account)
  return own ? found.policy : undefined
}
