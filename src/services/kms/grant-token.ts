import type { World } from '../../world.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { type Grant, grantKey, GRANTS } from './grant.ts'
import type { KeyName } from './key.ts'

const PURPOSE = 'kms/grant-token'

/** What a grant token says, once it is known to be one of ours. */
export interface GrantToken extends KeyName {
  grantId: string
}

/** Grants count at once here, so that a token only names its grant (AWS KMS Developer Guide, "Using a grant token"). */
export function makeGrantToken(world: World, { account, region, keyId, id }: Grant): string {
  const said = JSON.stringify([account, region, keyId, id])
  return world.vault.seal(PURPOSE, 'token', Buffer.from(said)).replaceAll('=', '')
}

/** Throws InvalidGrantTokenException for what is none. */
export function readGrantToken(world: World, token: string): GrantToken {
  try {
    const said = world.vault.open(PURPOSE, 'token', token).toString()
    const [account, region, id, grantId] = JSON.parse(said) as [string, string, string, string]
    return { account, region, id, grantId }
  } catch {
    // inferred: the sentence.
    throw new AwsError('InvalidGrantTokenException', 'Invalid grant token')
  }
}

/** A token of a grant that is gone again is no longer any use, but no mistake either. */
export function checkGrantTokens(world: World, tokens: readonly string[] = []): void {
  for (const token of tokens) readGrantToken(world, token)
}

export function grantOfToken(world: World, token: string): Grant | undefined {
  const name = readGrantToken(world, token)
  return world.store.get<Grant>(GRANTS, grantKey(name, name.grantId))
}
