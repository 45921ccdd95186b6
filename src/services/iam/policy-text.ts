import { parsePolicy, PolicySyntaxError } from '../../policy/parse.ts'
import { unreadableValue } from '../../policy/readable-values.ts'
import type { Grammar } from '../../policy/types.ts'
import { AwsError } from '../../wire/aws-error.ts'

/** Throws AWS's MalformedPolicyDocument with AWS's sentence. `session`: the policy is handed to STS and not stored. */
export function checkPolicy(text: string, grammar: Grammar, kind: 'stored' | 'session' = 'stored'): void {
  try {
    const unreadable = unreadableValue(parsePolicy(text, grammar), kind)
    // inferred: the sentence, as for dates.
    if (unreadable !== undefined) throw new AwsError('MalformedPolicyDocument', 'The policy failed legacy parsing')
  } catch (error) {
    if (error instanceof PolicySyntaxError) throw new AwsError('MalformedPolicyDocument', error.message)
    throw error
  }
}

/** Policies in answers are URL-encoded as RFC 3986 has it (IAM API reference, GetRolePolicy). */
export function encodePolicy(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
