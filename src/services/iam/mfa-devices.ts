import { createRequire } from 'node:module'
import type { Caller } from '../../door/call.ts'
import type { Store } from '../../store/store.ts'
import { noSuchEntity, type Tag } from './entities.ts'
import { ROOT } from './owner.ts'

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
  /** By how many steps the device's clock is ahead of ours, as found when it was enabled or synchronized last. */
  readonly drift?: number
}

export const MFA_DEVICES = 'iam/mfa-device'

export function mfaKey(serialNumber: string): string {
  const [, account = '', name = ''] = /^arn:aws:iam::(\d{12}):mfa\/(.+)$/.exec(serialNumber) ?? []
  return `${account}/${name}`
}

export function findMfaDevice(store: Store, serialNumber: string): MfaDevice | undefined {
  return store.get<MfaDevice>(MFA_DEVICES, mfaKey(serialNumber))
}

/** A device of the account, enabled or not. Throws AWS's NoSuchEntity. */
export function requireMfaDevice(store: Store, account: string, serialNumber: string): MfaDevice {
  const device = findMfaDevice(store, serialNumber)
  if (device?.account !== account) throw noSuchEntity(`MFA Device with serial number ${serialNumber} does not exist.`)
  return device
}

/** Those that are enabled for a user, or for `root`. */
export function mfaDevicesOf(store: Store, account: string, ownerId: string): MfaDevice[] {
  return accountDevices(store, account).filter(({ userId }) => userId === ownerId)
}

/** All of an account, in order of their serial numbers. */
export function accountDevices(store: Store, account: string): MfaDevice[] {
  return store.list<MfaDevice>(MFA_DEVICES, { prefix: `${account}/` }).map(({ value }) => value)
}

export function saveMfaDevice(store: Store, device: MfaDevice): void {
  store.put<MfaDevice>(MFA_DEVICES, mfaKey(device.serialNumber), device)
}

/**
 * Takes a code: true when the device is the caller's own and shows this code now, or one step of 30 seconds earlier or
 * later, and neither it nor a later one was taken before. The code is used up by that. Only users and root have devices.
 */
export function verifyMfa(store: Store, caller: Caller, serialNumber: string, code: string, nowMs: number): boolean {
  const device = ownDevice(store, caller, serialNumber)
  const step = device && stepOfCode(device, code, nowMs)
  if (!device || step === undefined) return false
  saveMfaDevice(store, { ...device, lastStep: step })
  return true
}

/** Would `verifyMfa` take this code? It only reads: for `needs`, where a condition asks for MFA. */
export function isMfaCode(store: Store, caller: Caller, serialNumber: string, code: string, nowMs: number): boolean {
  const device = ownDevice(store, caller, serialNumber)
  return device !== undefined && stepOfCode(device, code, nowMs) !== undefined
}

function ownDevice(store: Store, caller: Caller, serialNumber: string): MfaDevice | undefined {
  const device = findMfaDevice(store, serialNumber)
  const owner = caller.kind === 'root' ? ROOT : caller.kind === 'user' ? caller.entityId : undefined
  const own = owner !== undefined && device?.account === caller.account && device.userId === owner
  return own ? device : undefined
}

const STEP_MS = 30_000

function stepOfCode(device: MfaDevice, code: string, nowMs: number): number | undefined {
  const step = findStep(device.seed, code, nowMs + (device.drift ?? 0) * STEP_MS, 1)
  return step !== undefined && step > (device.lastStep ?? -1) ? step : undefined
}

/** How far a clock may be off when a device is enabled or synchronized: ten minutes. inferred: AWS does not say. */
const WIDE = 20

/** Two codes in a row prove that the app has the seed, and tell how its clock goes; undefined when they do not. */
export function synchronize(
  device: MfaDevice,
  first: string,
  second: string,
  nowMs: number,
): Pick<MfaDevice, 'lastStep' | 'drift'> | undefined {
  const step = findStep(device.seed, first, nowMs, WIDE)
  if (step === undefined || findStep(device.seed, second, (step + 1) * STEP_MS, 0) === undefined) return undefined
  if (step + 1 <= (device.lastStep ?? -1)) return undefined
  const drift = step + 1 - Math.floor(nowMs / STEP_MS)
  // Codes of the last and of this minute are what a good clock shows.
  return { lastStep: step + 1, drift: Math.abs(drift) <= 1 ? 0 : drift }
}

const require = createRequire(import.meta.url)

/** The step whose code this is, at most `window` steps off; codes are six digits, HMAC-SHA-1 (RFC 6238). */
function findStep(seed: string, token: string, timestamp: number, window: number): number | undefined {
  if (!/^\d{6}$/.test(token)) return undefined
  // Loaded at the first code, not at the start.
  const { Secret, TOTP } = require('otpauth') as typeof import('otpauth')
  const delta = TOTP.validate({ token, secret: Secret.fromBase32(seed), timestamp, window, digits: 6 })
  return delta === null ? undefined : Math.floor(timestamp / STEP_MS) + delta
}
