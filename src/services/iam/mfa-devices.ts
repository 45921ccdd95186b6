import type { Store } from '../../store/store.ts'
import type { Tag } from './entities.ts'

/** A virtual MFA device: a secret that it shares with its user's app. */
export interface MfaDevice {
  readonly account: string
  /** `arn:aws:iam::ACCOUNT:mfa/PATH/NAME` */
  readonly serialNumber: string
  /** Base32, RFC 4648. */
  readonly seed: string
  readonly createDate: number
  readonly tags: readonly Tag[]
  /** Unique id of the user that it is enabled for; `root` for the root user's. */
  readonly userId?: string
  readonly enableDate?: number
  /** Time step of the last code that was taken: a code is good once (RFC 6238 §5.2). */
  readonly lastStep?: number
}

export const MFA_DEVICES = 'iam/mfa-device'

export function mfaKey(serialNumber: string): string {
  const [, account = '', name = ''] = /^arn:aws:iam::(\d{12}):mfa\/(.+)$/.exec(serialNumber) ?? []
  return `${account}/${name}`
}

export function findMfaDevice(store: Store, serialNumber: string): MfaDevice | undefined {
  return store.get<MfaDevice>(MFA_DEVICES, mfaKey(serialNumber))
}
