import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Secret, TOTP } from 'otpauth'
import { findCredential } from '../../src/services/iam/credentials.ts'
import { findMfaDevice, isMfaCode, verifyMfa } from '../../src/services/iam/mfa-devices.ts'
import { account, allowAll, newAccount, refused, refusedLater } from './account.ts'

const serial = (name: string) => `arn:aws:iam::${account}:mfa/${name}`
const STEP = 30_000

/** An account with a user, and an app that has the seed of a device: its codes are by another's hand (otpauth). */
async function withDevice() {
  const world = newAccount()
  const key = world.user('ann', allowAll)
  const { VirtualMFADevice: made } = await world.act('admin', 'CreateVirtualMFADevice', {
    VirtualMFADeviceName: 'phone',
    Path: '/team/',
    Tags: [{ Key: 'Color', Value: 'red' }],
  })
  const secret = Secret.fromBase32(Buffer.from(made.Base32StringSeed).toString())
  const code = (steps = 0) => new TOTP({ secret }).generate({ timestamp: world.clock.now + steps * STEP })
  const SerialNumber: string = made.SerialNumber
  const ann = () => findCredential(world.store, key, world.clock.now)!.caller
  const enable = (first: string, second: string, UserName = 'ann') =>
    world.act('admin', 'EnableMFADevice', {
      UserName,
      SerialNumber,
      AuthenticationCode1: first,
      AuthenticationCode2: second,
    })
  const verify = (text: string, caller = ann()) => verifyMfa(world.store, caller, SerialNumber, text, world.clock.now)
  return { ...world, made, key, code, SerialNumber, ann, enable, verify }
}

describe('virtual MFA devices', () => {
  it('show their seed once, as text and as a picture', async () => {
    const { act, made } = await withDevice()
    assert.equal(made.SerialNumber, serial('team/phone'))
    assert.match(Buffer.from(made.Base32StringSeed).toString(), /^[A-Z2-7]{64}$/)
    assert.deepEqual([...made.QRCodePNG.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47])
    assert.deepEqual(act('admin', 'ListVirtualMFADevices').VirtualMFADevices, [{ SerialNumber: made.SerialNumber }])
    assert.deepEqual(act('admin', 'ListMFADeviceTags', { SerialNumber: made.SerialNumber }).Tags, [
      { Key: 'Color', Value: 'red' },
    ])
  })

  it('are one of a path and name', async () => {
    const { act } = await withDevice()
    const create = (Path: string) => act('admin', 'CreateVirtualMFADevice', { VirtualMFADeviceName: 'phone', Path })
    await refusedLater(create('/team/'), 'EntityAlreadyExists', 'MFA device already exists.', 409)
    await create('/')
  })

  it('are enabled by two codes in a row, for one user', async () => {
    const { act, code, enable, SerialNumber, clock } = await withDevice()
    const wrong = (first: string, second: string) =>
      refused(
        () => enable(first, second),
        'InvalidAuthenticationCode',
        'Authentication code for device is not valid.',
        403,
      )
    wrong(code(), code())
    wrong(code(), code(-1))
    wrong(code(), code(2))
    wrong('000000', '000000')
    const ofAnn = () => act('admin', 'ListMFADevices', { UserName: 'ann' }).MFADevices
    assert.deepEqual(ofAnn(), [])
    enable(code(-1), code())
    const EnableDate = clock.now / 1000
    assert.deepEqual(ofAnn(), [{ UserName: 'ann', SerialNumber, EnableDate }])
    const assigned = act('admin', 'ListVirtualMFADevices', { AssignmentStatus: 'Assigned' }).VirtualMFADevices
    assert.deepEqual([assigned.length, assigned[0].User.UserName, assigned[0].EnableDate], [1, 'ann', EnableDate])
    assert.deepEqual(act('admin', 'ListVirtualMFADevices', { AssignmentStatus: 'Unassigned' }).VirtualMFADevices, [])
    refused(() => enable(code(), code(1)), 'EntityAlreadyExists', 'MFA Device is already in use.', 409)
    act('admin', 'UpdateUser', { UserName: 'ann', NewUserName: 'anna' })
    assert.equal(act('admin', 'GetMFADevice', { SerialNumber }).UserName, 'anna')
  })

  it('take a code once, a step early or late, from their owner alone', async () => {
    const { enable, code, verify, ann, clock, store, SerialNumber } = await withDevice()
    assert.equal(verify(code()), false)
    enable(code(-1), code())
    assert.equal(verify(code()), false, 'used to enable it')
    clock.now += 10 * STEP
    assert.equal(verify(code(), { ...ann(), entityId: 'AIDAELSE' }), false)
    assert.equal(verify(code(), { ...ann(), kind: 'role-session' }), false)
    assert.equal(verify(code(2)), false)
    assert.equal(isMfaCode(store, ann(), SerialNumber, code(-1), clock.now), true)
    assert.equal(verify(code(-1)), true)
    assert.equal(verify(code(-1)), false)
    assert.equal(verify(code(1)), true)
    assert.equal(verify(code()), false, 'earlier than one that was taken')
    assert.equal(verifyMfa(store, ann(), serial('none'), code(2), clock.now), false)
  })

  it('may have a clock that goes wrong, when two codes tell so', async () => {
    const { act, enable, code, verify, clock, SerialNumber } = await withDevice()
    enable(code(-1), code())
    clock.now += 100 * STEP
    assert.equal(verify(code(6)), false)
    const resync = (AuthenticationCode1: string, AuthenticationCode2: string) =>
      act('admin', 'ResyncMFADevice', { UserName: 'ann', SerialNumber, AuthenticationCode1, AuthenticationCode2 })
    refused(() => resync(code(6), code(8)), 'InvalidAuthenticationCode', /not valid/, 403)
    resync(code(6), code(7))
    clock.now += 5 * STEP
    assert.equal(verify(code(7)), true)
    assert.equal(verify(code(0)), false)
  })

  it('are deactivated before they are deleted', async () => {
    const { act, enable, code, verify, clock, SerialNumber, store } = await withDevice()
    enable(code(-1), code())
    refused(
      () => act('admin', 'DeleteVirtualMFADevice', { SerialNumber }),
      'DeleteConflict',
      'MFA VirtualDevice in use. Must deactivate first.',
      409,
    )
    const deactivate = (UserName: string, device = SerialNumber) =>
      act('admin', 'DeactivateMFADevice', { UserName, SerialNumber: device })
    const none = (device: string) => `MFA Device with serial number ${device} does not exist.`
    refused(() => deactivate('nobody'), 'NoSuchEntity', 'The user with name nobody cannot be found.', 404)
    refused(() => deactivate('admin'), 'NoSuchEntity', none(SerialNumber), 404)
    refused(() => deactivate('ann', serial('none')), 'NoSuchEntity', none(serial('none')), 404)
    deactivate('ann')
    clock.now += 10 * STEP
    assert.equal(verify(code()), false)
    refused(() => enable(code(-11), code(-10)), 'InvalidAuthenticationCode', /not valid/, 403)
    act('admin', 'DeleteVirtualMFADevice', { SerialNumber })
    assert.equal(findMfaDevice(store, SerialNumber), undefined)
    refused(() => act('admin', 'DeleteVirtualMFADevice', { SerialNumber }), 'NoSuchEntity', none(SerialNumber), 404)
  })

  it('are read by whoever may read their user, and refused by its name', async () => {
    const { act, user, role, enable, code, SerialNumber } = await withDevice()
    enable(code(-1), code())
    const bea = user('bea', { Effect: 'Allow', Action: 'iam:List*', Resource: `arn:aws:iam::${account}:mfa/*` })
    assert.equal(act(bea, 'ListVirtualMFADevices').VirtualMFADevices.length, 1)
    refused(
      () => act(bea, 'DeactivateMFADevice', { UserName: 'ann', SerialNumber }),
      'AccessDenied',
      /iam:DeactivateMFADevice on resource: user ann because no identity-based policy/,
      403,
    )
    refused(
      () => act(bea, 'GetMFADevice', { SerialNumber }),
      'AccessDenied',
      /iam:GetMFADevice on resource: user ann because no identity-based policy/,
      403,
    )
    const RoleArn = role('r', { AWS: `arn:aws:iam::${account}:root` })
    act('admin', 'AttachRolePolicy', { RoleName: 'r', PolicyArn: 'arn:aws:iam::aws:policy/IAMReadOnlyAccess' })
    const session = act('admin', 'AssumeRole', { RoleArn, RoleSessionName: 's' }).Credentials.AccessKeyId
    assert.equal(act(session, 'GetMFADevice', { SerialNumber }).UserName, 'ann')
    refused(
      () => act(session, 'ListMFADevices'),
      'ValidationError',
      'Must specify userName when calling with non-User credentials',
      400,
    )
  })

  it('protect root as well', async () => {
    const { act, code, SerialNumber, store, clock } = await withDevice()
    const input = { SerialNumber, AuthenticationCode1: code(-1), AuthenticationCode2: code() }
    refused(() => act('admin', 'EnableMFADevice', { ...input, UserName: 'root' }), 'NoSuchEntity', /name root/, 404)
    act('root', 'EnableMFADevice', { ...input, UserName: 'root' })
    assert.equal(act('root', 'ListMFADevices').MFADevices.length, 1)
    assert.equal(act('root', 'GetAccountSummary').SummaryMap.AccountMFAEnabled, 1)
    clock.now += STEP
    const root = { kind: 'root', account } as never
    assert.equal(verifyMfa(store, root, SerialNumber, code(), clock.now), true)
    act('root', 'DeactivateMFADevice', { SerialNumber })
    assert.equal(act('root', 'GetAccountSummary').SummaryMap.AccountMFAEnabled, 0)
  })
})
