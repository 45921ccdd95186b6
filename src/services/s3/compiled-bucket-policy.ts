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
