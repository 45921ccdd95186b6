import { AwsError } from '../../wire/aws-error.ts'
import type { Tag } from '../iam/entities.ts'

/** What an identity provider says of whom it sends, in whichever form: the common part of tokens and assertions. */
export interface Claims {
  readonly tags: readonly Tag[]
  readonly transitiveTagKeys: readonly string[]
  readonly sourceIdentity?: string
}

export function invalidIdentityToken(message: string): AwsError {
  return new AwsError('InvalidIdentityToken', message)
}

export function expiredToken(message: string): AwsError {
  return new AwsError('ExpiredTokenException', message)
}

const MAX_TAGS = 50

/** The model's constraints on session tags and source identities, for those that come by another way than the request. */
export function checkClaims({ tags, transitiveTagKeys, sourceIdentity }: Claims): void {
  // inferred: the sentences but the last.
  if (tags.length > MAX_TAGS) throw invalidIdentityToken(`A session can have at most ${MAX_TAGS} tags`)
  for (const { Key, Value } of tags) {
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u.test(Key)) throw invalidIdentityToken(`Invalid session tag key: ${Key}`)
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u.test(Value)) {
      throw invalidIdentityToken(`Invalid value of session tag ${Key}`)
    }
  }
  if (transitiveTagKeys.length > MAX_TAGS) {
    throw invalidIdentityToken(`A session can have at most ${MAX_TAGS} transitive tag keys`)
  }
  if (sourceIdentity !== undefined && !/^[\w+=,.@-]{2,64}$/.test(sourceIdentity)) {
    throw invalidIdentityToken('Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"')
  }
}
