import type {
  DeleteAccountPasswordPolicyCommandInput,
  DeleteAccountPasswordPolicyCommandOutput,
  GetAccountPasswordPolicyCommandInput,
  GetAccountPasswordPolicyCommandOutput,
  UpdateAccountPasswordPolicyCommandInput,
  UpdateAccountPasswordPolicyCommandOutput,
} from '@aws-sdk/client-iam'
import { type Call, need, type Need } from '../../door/call.ts'
import { compile } from '../../policy/compile.ts'
import type { Store } from '../../store/store.ts'
import { operation } from '../operation.ts'
import { noSuchEntity } from './entities.ts'

/** What an account asks of its users' passwords. Days and counts that are absent are not asked for. */
export interface PasswordPolicy {
  readonly minimumLength: number
  readonly symbols: boolean
  readonly numbers: boolean
  readonly upperCase: boolean
  readonly lowerCase: boolean
  /** Gives every user iam:ChangePassword on itself. */
  readonly usersMayChange: boolean
  readonly maxAgeDays?: number
  /** So many passwords, the current one among them, may not come again. */
  readonly remembered?: number
  readonly hardExpiry?: boolean
}

const PASSWORD_POLICIES = 'iam/password-policy'
const keyOf = (account: string): string => `${account}/PasswordPolicy`

export function findPasswordPolicy(store: Store, account: string): PasswordPolicy | undefined {
  return store.get<PasswordPolicy>(PASSWORD_POLICIES, keyOf(account))
}

const upperCase = /[A-Z]/
const lowerCase = /[a-z]/
const numbers = /[0-9]/
const symbols = /[!@#$%^&*()_+\-=[\]{}|']/

/**
 * Whether a password is good enough. Without a policy AWS's own holds: eight characters of three kinds, and not the
 * account's id (IAM User Guide, "Setting an account password policy for IAM users").
 */
export function conforms(policy: PasswordPolicy | undefined, password: string, account: string): boolean {
  if (!policy) {
    const kinds = [upperCase, lowerCase, numbers, symbols].filter((kind) => kind.test(password))
    return password.length >= 8 && kinds.length >= 3 && password !== account
  }
  return (
    password.length >= policy.minimumLength &&
    (!policy.upperCase || upperCase.test(password)) &&
    (!policy.lowerCase || lowerCase.test(password)) &&
    (!policy.numbers || numbers.test(password)) &&
    (!policy.symbols || symbols.test(password))
  )
}

/**
 * A need of a user for its own sake: where the policy lets users change their passwords, IAM gives them
 * iam:ChangePassword on themselves and iam:GetAccountPasswordPolicy, without any policy of theirs; a deny still denies.
 */
export function grantedToUsers(call: Call, action: string, resource: string): Need {
  const { caller, account, world } = call
  const granted = caller.kind === 'user' && findPasswordPolicy(world.store, account)?.usersMayChange
  return need(`iam:${action}`, resource, granted ? { resourcePolicy: grantTo(caller.arn, action) } : {})
}

function grantTo(userArn: string, action: string) {
  const Statement = { Effect: 'Allow', Principal: { AWS: userArn }, Action: `iam:${action}`, Resource: '*' }
  const text = JSON.stringify({ Version: '2012-10-17', Statement })
  return compile(text, { id: 'account-password-policy', managed: false, grammar: 'resource' })
}

export const getAccountPasswordPolicy = operation<
  GetAccountPasswordPolicyCommandInput,
  GetAccountPasswordPolicyCommandOutput
>('iam', 'GetAccountPasswordPolicy', {
  needs: (_input, call) => [grantedToUsers(call, 'GetAccountPasswordPolicy', '*')],
  perform: (_input, { call, world: { store } }) => {
    const policy = findPasswordPolicy(store, call.account)
    if (!policy) throw noSuchEntity(`The Password Policy with domain name ${call.account} cannot be found.`)
    return {
      PasswordPolicy: {
        MinimumPasswordLength: policy.minimumLength,
        RequireSymbols: policy.symbols,
        RequireNumbers: policy.numbers,
        RequireUppercaseCharacters: policy.upperCase,
        RequireLowercaseCharacters: policy.lowerCase,
        AllowUsersToChangePassword: policy.usersMayChange,
        ExpirePasswords: policy.maxAgeDays !== undefined,
        ...(policy.maxAgeDays !== undefined && { MaxPasswordAge: policy.maxAgeDays }),
        ...(policy.remembered !== undefined && { PasswordReusePrevention: policy.remembered }),
        ...(policy.hardExpiry !== undefined && { HardExpiry: policy.hardExpiry }),
      },
    }
  },
})

/** What is left out falls back to its default: there is no update of a part (API_UpdateAccountPasswordPolicy). */
export const updateAccountPasswordPolicy = operation<
  UpdateAccountPasswordPolicyCommandInput,
  UpdateAccountPasswordPolicyCommandOutput
>('iam', 'UpdateAccountPasswordPolicy', {
  needs: () => [need('iam:UpdateAccountPasswordPolicy', '*')],
  perform: (input, { call, world: { store } }) => {
    const { MaxPasswordAge, PasswordReusePrevention, HardExpiry } = input
    store.put<PasswordPolicy>(PASSWORD_POLICIES, keyOf(call.account), {
      minimumLength: input.MinimumPasswordLength ?? 6,
      symbols: input.RequireSymbols ?? false,
      numbers: input.RequireNumbers ?? false,
      upperCase: input.RequireUppercaseCharacters ?? false,
      lowerCase: input.RequireLowercaseCharacters ?? false,
      usersMayChange: input.AllowUsersToChangePassword ?? false,
      ...(MaxPasswordAge !== undefined && { maxAgeDays: MaxPasswordAge }),
      ...(PasswordReusePrevention !== undefined && { remembered: PasswordReusePrevention }),
      ...(HardExpiry !== undefined && { hardExpiry: HardExpiry }),
    })
    return {}
  },
})

export const deleteAccountPasswordPolicy = operation<
  DeleteAccountPasswordPolicyCommandInput,
  DeleteAccountPasswordPolicyCommandOutput
>('iam', 'DeleteAccountPasswordPolicy', {
  needs: () => [need('iam:DeleteAccountPasswordPolicy', '*')],
  perform: (_input, { call, world: { store } }) => {
    if (!store.delete(PASSWORD_POLICIES, keyOf(call.account))) {
      throw noSuchEntity('The account policy with name PasswordPolicy cannot be found.')
    }
    return {}
  },
})
