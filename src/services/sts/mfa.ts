import type { Call } from '../../door/call.ts'
import type { ContextValues } from '../../policy/types.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { findMfaDevice, isMfaCode, verifyMfa } from '../iam/mfa-devices.ts'

interface Code {
  SerialNumber?: string
  TokenCode?: string
}

/** Reads whether the code is right, before anything is decided; throws AWS's refusals. False: there is none. */
export function checkMfa(call: Call, code: Code): boolean {
  return withDevice(code, (serialNumber, token) => {
    const { caller, time, world } = call
    if (isMfaCode(world.store, caller, serialNumber, token, time)) return
    const device = findMfaDevice(world.store, serialNumber)
    if (device?.account !== caller.account) throw unknownDevice()
    throw wrongCode()
  })
}

/** Uses the code up: nobody takes it again. */
export function takeMfa(call: Call, code: Code): boolean {
  return withDevice(code, (serialNumber, token) => {
    if (!verifyMfa(call.world.store, call.caller, serialNumber, token, call.time)) throw wrongCode()
  })
}

/** What a call with a right code says of it; without one the keys are those of the caller's own session. */
export function mfaKeys(present: boolean): ContextValues {
  return present ? { 'aws:MultiFactorAuthPresent': 'true', 'aws:MultiFactorAuthAge': '0' } : {}
}

function withDevice({ SerialNumber, TokenCode }: Code, work: (serialNumber: string, code: string) => void): boolean {
  if (SerialNumber === undefined && TokenCode === undefined) return false
  if (SerialNumber === undefined || TokenCode === undefined) {
    throw failed(', must provide both MFA serial number and one time pass code.')
  }
  work(SerialNumber, TokenCode)
  return true
}

function unknownDevice(): AwsError {
  return failed(
    ', unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.',
  )
}

function wrongCode(): AwsError {
  return failed(' with invalid MFA one time pass code. ')
}

function failed(why: string): AwsError {
  return new AwsError('AccessDenied', `MultiFactorAuthentication failed${why}`, 403)
}
