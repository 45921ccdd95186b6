import { parsePolicy, PolicySyntaxError } from '../../policy/parse.ts'
import type { Grammar } from '../../policy/types.ts'
import { AwsError } from '../../wire/aws-error.ts'

/** Throws AWS's MalformedPolicyDocument with AWS's sentence. */
export function checkPolicy(text: string, grammar: Grammar): void {
  try {
    parsePolicy(text, grammar)
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
