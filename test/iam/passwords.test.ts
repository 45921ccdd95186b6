import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hashPassword, isPassword } from '../../src/services/iam/password.ts'
import { conforms, type PasswordPolicy } from '../../src/services/iam/password-policy.ts'
import { account, newAccount, refused, refusedLater } from './account.ts'

const ann = { UserName: 'ann' }
const first = 'First-password-1'
const second = 'Second-password-2'
const doesNotConform = 'Password does not conform to the account password policy.'

describe('the password policy', () => {
  it('is none at first, AWS defaults when nothing is said, and gone when deleted', () => {
    const { act } = newAccount()
    const none = `The Password Policy with domain name ${account} cannot be found.`
    refused(() => act('admin', 'GetAccountPasswordPolicy'), 'NoSuchEntity', none, 404)
    refused(
      () => act('admin', 'DeleteAccountPasswordPolicy'),
      'NoSuchEntity',
      'The account policy with name PasswordPolicy cannot be found.',
      404,
    )
    act('admin', 'UpdateAccountPasswordPolicy', { MaxPasswordAge: 60, PasswordReusePrevention: 3, HardExpiry: true })
    const { PasswordPolicy } = act('admin', 'GetAccountPasswordPolicy')
    assert.deepEqual(
      [PasswordPolicy.ExpirePasswords, PasswordPolicy.MaxPasswordAge, PasswordPolicy.PasswordReusePrevention],
      [true, 60, 3],
    )
    act('admin', 'UpdateAccountPasswordPolicy')
    assert.deepEqual(act('admin', 'GetAccountPasswordPolicy').PasswordPolicy, {
      AllowUsersToChangePassword: false,
      ExpirePasswords: false,
      MinimumPasswordLength: 6,
      RequireLowercaseCharacters: false,
      RequireNumbers: false,
      RequireSymbols: false,
      RequireUppercaseCharacters: false,
    })
    act('admin', 'DeleteAccountPasswordPolicy')
    refused(() => act('admin', 'GetAccountPasswordPolicy'), 'NoSuchEntity', none, 404)
  })

  const lax: PasswordPolicy = {
    minimumLength: 6,
    symbols: false,
    numbers: false,
    upperCase: false,
    lowerCase: false,
    usersMayChange: false,
  }
  const cases: [policy: PasswordPolicy | undefined, password: string, good: boolean][] = [
    [undefined, 'Abcdef12', true],
    [undefined, 'Abcdef1', false],
    [undefined, 'abcdef12', false],
    [undefined, 'abcdef1!', true],
    [undefined, 'Ünïcödé~', false],
    [lax, 'aaaaaa', true],
    [lax, 'aaaaa', false],
    [{ ...lax, symbols: true }, 'aaaaa~', false],
    [{ ...lax, symbols: true }, "aaaaa'", true],
    [{ ...lax, numbers: true }, 'aaaaaa', false],
    [{ ...lax, upperCase: true }, 'aaaaaÄ', false],
    [{ ...lax, upperCase: true }, 'aaaaaA', true],
    [{ ...lax, lowerCase: true }, 'AAAAA1', false],
  ]
  for (const [policy, password, good] of cases) {
    it(`${good ? 'takes' : 'refuses'} ${password} ${policy ? 'by a policy' : 'by default'}`, () => {
      assert.equal(conforms(policy, password, account), good)
    })
  }
})

describe('passwords', () => {
  it('are kept as hashes that differ each time', async () => {
    const [one, two] = await Promise.all([hashPassword(first), hashPassword(first)])
    assert.notEqual(one, two)
    assert.ok(!one.includes(first))
    assert.equal(await isPassword(first, one), true)
    assert.equal(await isPassword(second, one), false)
  })
})

describe('login profiles', () => {
  it('are made, changed, follow their user and are deleted', async () => {
    const { act, user, store, clock } = newAccount()
    user('ann')
    const none = 'Login Profile for User ann cannot be found.'
    refused(() => act('admin', 'GetLoginProfile', ann), 'NoSuchEntity', none, 404)
    await refusedLater(act('admin', 'UpdateLoginProfile', ann), 'NoSuchEntity', none, 404)
    refused(() => act('admin', 'DeleteLoginProfile', ann), 'NoSuchEntity', none, 404)
    const create = (more: object) => act('admin', 'CreateLoginProfile', { ...ann, ...more })
    await refusedLater(create({ Password: 'weak' }), 'PasswordPolicyViolation', doesNotConform, 400)
    await refusedLater(create({ Password: first, UserName: 'nobody' }), 'NoSuchEntity', /name nobody/, 404)
    const { LoginProfile } = await create({ Password: first, PasswordResetRequired: true })
    assert.deepEqual(LoginProfile, { UserName: 'ann', CreateDate: clock.now / 1000, PasswordResetRequired: true })
    await refusedLater(
      create({ Password: first }),
      'EntityAlreadyExists',
      'Login Profile for user ann already exists.',
      409,
    )
    assert.ok(!JSON.stringify(store.list('iam/login-profile')).includes(first))
    await act('admin', 'UpdateLoginProfile', { ...ann, PasswordResetRequired: false })
    act('admin', 'UpdateUser', { ...ann, NewUserName: 'anna' })
    const anna = { UserName: 'anna' }
    assert.deepEqual(act('admin', 'GetLoginProfile', anna).LoginProfile, {
      UserName: 'anna',
      CreateDate: clock.now / 1000,
      PasswordResetRequired: false,
    })
    act('admin', 'DeleteLoginProfile', anna)
    assert.equal(store.count('iam/login-profile'), 0)
  })

  it('are changed by their user, with the old password, when a policy of theirs or the account allows it', async () => {
    const { act, user } = newAccount()
    const key = user('ann')
    await act('admin', 'CreateLoginProfile', { ...ann, Password: first, PasswordResetRequired: true })
    const change = (OldPassword: string, NewPassword: string) =>
      act(key, 'ChangePassword', { OldPassword, NewPassword })
    refused(() => change(first, second), 'AccessDenied', /no identity-based policy allows the iam:ChangePassword/, 403)
    refused(() => act(key, 'GetAccountPasswordPolicy'), 'AccessDenied', /iam:GetAccountPasswordPolicy/, 403)
    act('admin', 'UpdateAccountPasswordPolicy', { AllowUsersToChangePassword: true, MinimumPasswordLength: 10 })
    assert.equal(act(key, 'GetAccountPasswordPolicy').PasswordPolicy.AllowUsersToChangePassword, true)
    await refusedLater(change(second, first), 'AccessDenied', 'The old password was incorrect.', 403)
    await refusedLater(change(first, 'short'), 'PasswordPolicyViolation', doesNotConform, 400)
    await change(first, second)
    assert.equal(act('admin', 'GetLoginProfile', ann).LoginProfile.PasswordResetRequired, false)
    await refusedLater(change(first, second), 'AccessDenied', /old password/, 403)
    await change(second, first)
    const root = act('root', 'ChangePassword', { OldPassword: first, NewPassword: second })
    await refusedLater(root, 'InvalidUserType', 'Only IAM Users can change their own password', 400)
  })

  it('are changed by their user when a deny stands against what the account allows: not', async () => {
    const { act, user } = newAccount()
    const key = user('ann', { Effect: 'Deny', Action: 'iam:ChangePassword', Resource: '*' })
    await act('admin', 'CreateLoginProfile', { ...ann, Password: first })
    act('admin', 'UpdateAccountPasswordPolicy', { AllowUsersToChangePassword: true })
    refused(
      () => act(key, 'ChangePassword', { OldPassword: first, NewPassword: second }),
      'AccessDenied',
      /explicit deny in an identity-based policy/,
      403,
    )
  })

  it('remember as many passwords as the policy says', async () => {
    const { act, user } = newAccount()
    user('ann')
    await act('admin', 'CreateLoginProfile', { ...ann, Password: first })
    const set = (Password: string) => act('admin', 'UpdateLoginProfile', { ...ann, Password })
    await set(first)
    act('admin', 'UpdateAccountPasswordPolicy', { PasswordReusePrevention: 2 })
    const reused = 'Policy constraint violation with password reuse prevention during password change.'
    await refusedLater(set(first), 'PasswordPolicyViolation', reused, 400)
    await set(second)
    await refusedLater(set(first), 'PasswordPolicyViolation', reused, 400)
    await set('Third-password-3')
    await set(first)
  })
})
