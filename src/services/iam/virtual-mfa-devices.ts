import type {
  CreateVirtualMFADeviceCommandInput,
  CreateVirtualMFADeviceCommandOutput,
  DeleteVirtualMFADeviceCommandInput,
  DeleteVirtualMFADeviceCommandOutput,
  ListVirtualMFADevicesCommandInput,
  ListVirtualMFADevicesCommandOutput,
  VirtualMFADevice,
} from '@aws-sdk/client-iam'
import type { Shape } from '../../wire/shape.ts'
import { operation } from '../operation.ts'
import { aliasOf } from './account-aliases.ts'
import { alreadyExists, deleteConflict, iamArn, kindOf, type User } from './entities.ts'
import { base32 } from './ids.ts'
import {
  accountDevices,
  findMfaDevice,
  MFA_DEVICES,
  type MfaDevice,
  mfaKey,
  requireMfaDevice,
  saveMfaDevice,
} from './mfa-devices.ts'
import { onArn, onPath, toCreate } from './needs.ts'
import { ROOT } from './owner.ts'
import { page } from './page.ts'
import { checkTags } from './tags.ts'
import { userView } from './views.ts'

/** Virtual MFA devices: seeds that wait for a user, or are a user's already (user-mfa-devices.ts). */

/** 64 digits, as AWS's are. */
const SEED_DIGITS = 64

export const createVirtualMFADevice = operation<
  CreateVirtualMFADeviceCommandInput,
  CreateVirtualMFADeviceCommandOutput
>('iam', 'CreateVirtualMFADevice', {
  needs: ({ VirtualMFADeviceName, Path, Tags }, call) =>
    toCreate(call, 'CreateVirtualMFADevice', 'mfa', { name: VirtualMFADeviceName, path: Path, tags: Tags }),
  async perform({ VirtualMFADeviceName: name, Path: path = '/', Tags }, { call, world }) {
    const { account } = call
    const seed = base32(world.hex(80), SEED_DIGITS)
    const picture = await qrCode(`${name}@${aliasOf(world.store, account) ?? account}`, seed)
    const device: MfaDevice = {
      account,
      serialNumber: iamArn(account, 'mfa', path, name),
      seed,
      createDate: Math.floor(call.time / 1000),
      tags: checkTags(Tags, 'by case'),
    }
    if (findMfaDevice(world.store, device.serialNumber)) throw alreadyExists('MFA device already exists.')
    saveMfaDevice(world.store, device)
    return {
      VirtualMFADevice: {
        SerialNumber: device.serialNumber,
        // The only time that anybody sees them.
        Base32StringSeed: Buffer.from(seed),
        QRCodePNG: picture,
        ...(device.tags.length > 0 && { Tags: [...device.tags] }),
      },
    }
  },
})

export const deleteVirtualMFADevice = operation<
  DeleteVirtualMFADeviceCommandInput,
  DeleteVirtualMFADeviceCommandOutput
>('iam', 'DeleteVirtualMFADevice', {
  needs: ({ SerialNumber }, call) => [
    onArn('DeleteVirtualMFADevice', SerialNumber, findMfaDevice(call.world.store, SerialNumber)),
  ],
  perform: ({ SerialNumber }, { call, world: { store } }) => {
    const device = requireMfaDevice(store, call.account, SerialNumber)
    // inferred: the sentence, as another implementation of this interface has it.
    if (device.userId !== undefined) throw deleteConflict('MFA VirtualDevice in use. Must deactivate first.')
    store.delete(MFA_DEVICES, mfaKey(SerialNumber))
    return {}
  },
})

export const listVirtualMFADevices = operation<ListVirtualMFADevicesCommandInput, ListVirtualMFADevicesCommandOutput>(
  'iam',
  'ListVirtualMFADevices',
  {
    needs: (_input, call) => [onPath(call, 'ListVirtualMFADevices', 'mfa')],
    perform: ({ AssignmentStatus = 'Any', ...paging }, { call, world: { store } }) => {
      const wanted = accountDevices(store, call.account).filter(
        ({ userId }) => AssignmentStatus === 'Any' || (AssignmentStatus === 'Assigned') === (userId !== undefined),
      )
      const { items, ...rest } = page(wanted, ({ serialNumber }) => serialNumber, paging)
      const users = new Map(
        store.list<User>(kindOf('user'), { prefix: `${call.account}/` }).map(({ value }) => [value.id, value]),
      )
      return { VirtualMFADevices: items.map((device) => deviceView(device, users)), ...rest }
    },
  },
)

/** Without seed and picture, and without tags (API_ListVirtualMFADevices). */
function deviceView(device: MfaDevice, users: ReadonlyMap<string, User>): Shape<VirtualMFADevice> {
  const { account, serialNumber, userId, enableDate } = device
  const user = userId === undefined ? undefined : users.get(userId)
  return {
    SerialNumber: serialNumber,
    ...(enableDate !== undefined && { EnableDate: enableDate }),
    ...(user && { User: userView(user) }),
    ...(userId === ROOT && {
      User: {
        Path: '/',
        UserName: '',
        UserId: account,
        Arn: `arn:aws:iam::${account}:root`,
        CreateDate: device.createDate,
      },
    }),
  }
}

/** As authenticator apps read it: `otpauth://totp/NAME@ACCOUNT?secret=SEED` (API_VirtualMFADevice). Loaded at the first device. */
async function qrCode(label: string, seed: string): Promise<Uint8Array> {
  const { toBuffer } = await import('qrcode')
  return toBuffer(`otpauth://totp/${encodeURIComponent(label)}?secret=${seed}`)
}
