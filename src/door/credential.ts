import type { Caller } from './call.ts'

/** An access key as the store knows it, with whom it stands for. */
export interface Credential {
  accessKeyId: string
  secretAccessKey: string
  /** Temporary credentials only: the one token that goes with this key. */
  sessionToken?: string
  /** Epoch milliseconds; temporary credentials only. */
  expiresAt?: number
  caller: Caller
  /** False for a key that was switched off: it is refused as an unknown one is. */
  active: boolean
}

/** Looks an access key up. A session key whose issuing role or user is gone is not found. */
export type FindCredential = (accessKeyId: string) => Credential | undefined
