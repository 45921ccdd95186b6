import type { GrantOperation } from '@aws-sdk/client-kms'
import type { EncryptionContext } from './encryption-context.ts'
import { keyKey, type KeyName } from './key.ts'

/** Document `kms/grant`, keyed `account/region/keyId/grantId`. */
export interface Grant {
  id: string
  keyId: string
  account: string
  region: string
  name?: string
  /** ARN as given, or a service principal. */
  grantee: string
  /** Unique id of the user or role that bore that ARN when the grant was made. */
  granteeId?: string
  retiring?: string
  retiringId?: string
  issuingAccount: string
  operations: GrantOperation[]
  constraints?: {
    EncryptionContextEquals?: EncryptionContext
    EncryptionContextSubset?: EncryptionContext
  }
  /** Epoch seconds. */
  createdAt: number
}

/** What a grant that is to be made would allow. */
export type GrantDraft = Pick<Grant, 'operations' | 'constraints'>

export const GRANTS = 'kms/grant'

export const grantPrefix = (key: KeyName) => `${keyKey(key)}/`
export const grantKey = (key: KeyName, id: string) => `${grantPrefix(key)}${id}`
