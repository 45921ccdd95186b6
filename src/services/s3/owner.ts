import { createHash } from 'node:crypto'
import type { Call } from '../../door/call.ts'

/** An account as S3 names it: its canonical user id. AWS gives no display name any more (November 2025). */
export function owner(account: string): { ID: string } {
  return { ID: createHash('sha256').update(`canonical user of account ${account}`).digest('hex') }
}

/** Who began a multipart upload: its ARN, or the canonical id for an account's root. */
export function initiator({ caller }: Call): { ID: string } {
  return caller.kind === 'root' || caller.arn === '' ? owner(caller.account) : { ID: caller.arn }
}
