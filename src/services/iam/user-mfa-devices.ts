import type {
  DeactivateMFADeviceCommandInput,
  DeactivateMFADeviceCommandOutput,
  EnableMFADeviceCommandInput,
  EnableMFADeviceCommandOutput,
  GetMFADeviceCommandInput,
  GetMFADeviceCommandOutput,
  ListMFADevicesCommandInput,
  ListMFADevicesCommandOutput,
  ResyncMFADeviceCommandInput,
  ResyncMFADeviceCommandOutput,
} from '@aws-sdk/client-iam'
import { type Call, need, type Need } from '../../door/call.ts'
import type { Store } from '../../store/store.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { alreadyExists, findEntity, kindOf, noSuchEntity, type User } from './entities.ts'
import {
  findMfaDevice,
  type MfaDevice,
  mfaDevicesOf,
  requireMfaDevice,
  saveMfaDevice,
  synchronize,
} from './mfa-devices.ts'
import { onUser, onUserOrCaller } from './needs.ts'
import { type Owner, ownerOf, ROOT } from './owner.ts'
import { page } from './page.ts'
import { requireRoom } from './quotas.ts'

/**
 * MFA devices in the hands of users. Only virtual ones: of hardware tokens their makers tell AWS the seeds, and security
 * keys are registered in AWS's console.
 */

/** Two codes in a row prove that the user's app has the seed. */
export const enableMFADevice = operation<EnableMFADeviceCommandInput, EnableMFADeviceCommandOutput>(
  'iam',
  'EnableMFADevice',
  {
    needs: ({ UserName }, call) => [onUserOrRoot(call, 'EnableMFADevice', UserName)],
    perform: (input, { call, world: { store } }) => {
      const owner = ownerOrRoot(store, call, input.UserName)
      const device = requireMfaDevice(store, call.account, input.SerialNumber)
      if (device.userId !== undefined) throw alreadyExists('MFA Device is already in use.')
      requireRoom('MFADevicesPerUser', mfaDevicesOf(store, call.account, owner.id).length)
      const clock = requireCodes(device, input, call.time)
      saveMfaDevice(store, { ...device, ...clock, userId: owner.id, enableDate: Math.floor(call.time / 1000) })
      return {}
    },
  },
)

/** For a device whose clock has gone astray. */
export const resyncMFADevice = operation<ResyncMFADeviceCommandInput, ResyncMFADeviceCommandOutput>(
  'iam',
  'ResyncMFADevice',
  {
    needs: ({ UserName }, call) => [onUserOrRoot(call, 'ResyncMFADevice', UserName)],
    perform: (input, { call, world: { store } }) => {
      const device = requireOwnDevice(store, ownerOrRoot(store, call, input.UserName), input.SerialNumber)
      saveMfaDevice(store, { ...device, ...requireCodes(device, input, call.time) })
      return {}
    },
  },
)

/** The device stays, without a user; used codes stay used. */
export const deactivateMFADevice = operation<DeactivateMFADeviceCommandInput, DeactivateMFADeviceCommandOutput>(
  'iam',
  'DeactivateMFADevice',
  {
    needs: ({ UserName }, call) => [onUserOrCaller(call, 'DeactivateMFADevice', UserName)],
    perform: ({ UserName, SerialNumber }, { call, world: { store } }) => {
      const device = requireOwnDevice(store, ownerOf(store, call, UserName), SerialNumber)
      const { userId: _user, enableDate: _date, ...free } = device
      saveMfaDevice(store, free)
      return {}
    },
  },
)

export const listMFADevices = operation<ListMFADevicesCommandInput, ListMFADevicesCommandOutput>(
  'iam',
  'ListMFADevices',
  {
    needs: ({ UserName }, call) => [onUserOrCaller(call, 'ListMFADevices', UserName)],
    perform: ({ UserName, ...paging }, { call, world: { store } }) => {
      const owner = ownerOf(store, call, UserName)
      const devices = mfaDevicesOf(store, call.account, owner.id)
      const { items, ...rest } = page(devices, ({ serialNumber }) => serialNumber, paging)
      const MFADevices = items.map(({ serialNumber, enableDate = 0 }) => ({
        UserName: owner.name,
        SerialNumber: serialNumber,
        EnableDate: enableDate,
      }))
      return { MFADevices, ...rest }
    },
  },
)

export const getMFADevice = operation<GetMFADeviceCommandInput, GetMFADeviceCommandOutput>('iam', 'GetMFADevice', {
  needs: ({ UserName, SerialNumber }, call) => {
    const { store } = call.world
    const name = UserName ?? userOf(store, call.account, findMfaDevice(store, SerialNumber))?.name
    return [name === undefined ? need('iam:GetMFADevice', '*') : onUser(call, 'GetMFADevice', name)]
  },
  perform: ({ UserName, SerialNumber }, { call, world: { store } }) => {
    const device =
      UserName === undefined
        ? requireMfaDevice(store, call.account, SerialNumber)
        : requireOwnDevice(store, ownerOf(store, call, UserName), SerialNumber)
    const user = userOf(store, call.account, device)
    return {
      SerialNumber,
      ...(user && { UserName: user.name }),
      ...(device.enableDate !== undefined && { EnableDate: device.enableDate }),
    }
  },
})

function userOf(store: Store, account: string, device: MfaDevice | undefined): User | undefined {
  if (device?.account !== account || device.userId === undefined) return undefined
  const users = store.list<User>(kindOf('user'), { prefix: `${account}/` })
  return users.find(({ value }) => value.id === device.userId)?.value
}

function requireOwnDevice(store: Store, owner: Owner, serialNumber: string): MfaDevice {
  const device = requireMfaDevice(store, owner.account, serialNumber)
  // Somebody else's device is as good as none. inferred: in the same words.
  if (device.userId !== owner.id) throw noSuchEntity(`MFA Device with serial number ${serialNumber} does not exist.`)
  return device
}

function requireCodes(device: MfaDevice, codes: Codes, time: number) {
  const clock = synchronize(device, codes.AuthenticationCode1, codes.AuthenticationCode2, time)
  if (!clock) throw new AwsError('InvalidAuthenticationCode', 'Authentication code for device is not valid.', 403)
  return clock
}

interface Codes {
  AuthenticationCode1: string
  AuthenticationCode2: string
}

/** inferred: where a name must be given, root calls itself `root`, as its ARN does; AWS's documents do not say. */
function isRoot(store: Store, { caller, account }: Call, userName: string): boolean {
  return caller.kind === 'root' && userName === ROOT && !findEntity(store, 'user', account, ROOT)
}

function ownerOrRoot(store: Store, call: Call, userName: string): Owner {
  return ownerOf(store, call, isRoot(store, call, userName) ? undefined : userName)
}

function onUserOrRoot(call: Call, action: string, userName: string): Need {
  return isRoot(call.world.store, call, userName)
    ? need(`iam:${action}`, call.caller.arn)
    : onUser(call, action, userName)
}
