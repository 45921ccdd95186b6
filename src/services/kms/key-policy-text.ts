import type { Call } from '../../door/call.ts'
import { compile } from '../../policy/compile.ts'
import { parsePolicy, PolicySyntaxError } from '../../policy/parse.ts'
import type { CompiledPolicy } from '../../policy/types.ts'
import { bindPrincipals, type BoundPolicy, boundText } from '../iam/bound-principals.ts'
import { partition } from '../partition.ts'
import { limitExceeded, malformedPolicy } from './errors.ts'
import type { Key } from './key.ts'

/** AWS KMS Developer Guide, "Resource quotas": key policy document size. */
const MAX_BYTES = 32 * 1024

/** Compiled once per stored version: the store hands out the same frozen document until it changes. */
const compiled = new WeakMap<BoundPolicy, CompiledPolicy>()

export function keyPolicy({ id, policy: written }: Key): CompiledPolicy {
  let policy = compiled.get(written)
  if (!policy) {
    const options = { id: `key-policy:${id}`, managed: false, grammar: 'resource' } as const
    policy = { ...compile(boundText(written), options), text: written.text }
    compiled.set(written, policy)
  }
  return policy
}

/** What a key gets for which CreateKey was given none (AWS KMS Developer Guide, "Default key policy"). */
export function defaultPolicy(account: string, region: string): string {
  const root = `arn:${partition(region)}:iam::${account}:root`
  return JSON.stringify(
    {
      Version: '2012-10-17',
      Id: 'key-default-1',
      Statement: [
        {
          Sid: 'Enable IAM User Permissions',
          Effect: 'Allow',
          Principal: { AWS: root },
          Action: 'kms:*',
          Resource: '*',
        },
      ],
    },
    null,
    2,
  )
}

/** A key policy that is to be saved, its principals bound. Throws MalformedPolicyDocumentException for what KMS takes not. */
export function bindKeyPolicy(call: Call, text: string): BoundPolicy {
  // inferred: the sentence.
  if (Buffer.byteLength(text) > MAX_BYTES) throw limitExceeded('The key policy document exceeds the maximum size.')
  try {
    parsePolicy(text, 'resource')
  } catch (error) {
    if (!(error instanceof PolicySyntaxError)) throw error
    // inferred: AWS says no more than that it is malformed.
    throw malformedPolicy(error.reason)
  }
  const { principals, stranger } = bindPrincipals(call.world.store, text)
  if (stranger !== undefined) throw malformedPolicy('Policy contains a statement with one or more invalid principals.')
  return { text, principals }
}
