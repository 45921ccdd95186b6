import type {
  ChangePasswordCommandInput,
  ChangePasswordCommandOutput,
  CreateLoginProfileCommandInput,
  CreateLoginProfileCommandOutput,
  DeleteLoginProfileCommandInput,
  DeleteLoginProfileCommandOutput,
  GetLoginProfileCommandInput,
  GetLoginProfileCommandOutput,
  UpdateLoginProfileCommandInput,
  UpdateLoginProfileCommandOutput,
} from '@aws-sdk/client-iam'
import type { Store } from '../../store/store.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { alreadyExists, noSuchEntity, validationError } from './entities.ts'
import { onUserOrCaller } from './needs.ts'
import { type Owner, ownerOf } from './owner.ts'
import { hashPassword, isPassword, type PasswordHash } from './password.ts'
import { conforms, findPasswordPolicy, grantedToUsers } from './password-policy.ts'

/** A user's password for the console; root's too. Kept under the owner's unique id. */
export interface LoginProfile {
  readonly account: string
  readonly ownerId: string
  readonly createDate: number
  /** When the password was set. */
  readonly changeDate: number
  readonly resetRequired: boolean
  readonly password: PasswordHash
  /** Passwords before this one, the latest first. */
  readonly previous: readonly PasswordHash[]
}

export const LOGIN_PROFILES = 'iam/login-profile'

export function findLoginProfile(
  store: Store,
  { account, id }: Pick<Owner, 'account' | 'id'>,
): LoginProfile | undefined {
  return store.get<LoginProfile>(LOGIN_PROFILES, `${account}/${id}`)
}

export const createLoginProfile = operation<CreateLoginProfileCommandInput, CreateLoginProfileCommandOutput>(
  'iam',
  'CreateLoginProfile',
  {
    needs: ({ UserName }, call) => [onUserOrCaller(call, 'CreateLoginProfile', UserName)],
    async perform({ UserName, Password, PasswordResetRequired = false }, { call, world: { store } }) {
      // Only a root user of a member account gets its profile without one, by sts:AssumeRoot. inferred: the sentence.
      if (Password === undefined) throw validationError('The password is required.')
      const password = await hashPassword(Password)
      const owner = ownerOf(store, call, UserName)
      if (findLoginProfile(store, owner)) throw alreadyExists(`Login Profile for user ${owner.name} already exists.`)
      requireConforming(store, owner, Password)
      const now = Math.floor(call.time / 1000)
      const profile: LoginProfile = {
        account: owner.account,
        ownerId: owner.id,
        createDate: now,
        changeDate: now,
        resetRequired: PasswordResetRequired,
        password,
        previous: [],
      }
      save(store, profile)
      return { LoginProfile: view(owner, profile) }
    },
  },
)

export const getLoginProfile = operation<GetLoginProfileCommandInput, GetLoginProfileCommandOutput>(
  'iam',
  'GetLoginProfile',
  {
    needs: ({ UserName }, call) => [onUserOrCaller(call, 'GetLoginProfile', UserName)],
    perform: ({ UserName }, { call, world: { store } }) => {
      const owner = ownerOf(store, call, UserName)
      return { LoginProfile: view(owner, requireProfile(store, owner)) }
    },
  },
)

export const updateLoginProfile = operation<UpdateLoginProfileCommandInput, UpdateLoginProfileCommandOutput>(
  'iam',
  'UpdateLoginProfile',
  {
    needs: ({ UserName }, call) => [onUserOrCaller(call, 'UpdateLoginProfile', UserName)],
    async perform({ UserName, Password, PasswordResetRequired }, { call, world: { store } }) {
      const owner = ownerOf(store, call, UserName)
      const profile = requireProfile(store, owner)
      const changed = Password === undefined ? profile : await withPassword(store, owner, profile, Password, call.time)
      save(store, { ...changed, resetRequired: PasswordResetRequired ?? profile.resetRequired })
      return {}
    },
  },
)

export const deleteLoginProfile = operation<DeleteLoginProfileCommandInput, DeleteLoginProfileCommandOutput>(
  'iam',
  'DeleteLoginProfile',
  {
    needs: ({ UserName }, call) => [onUserOrCaller(call, 'DeleteLoginProfile', UserName)],
    perform: ({ UserName }, { call, world: { store } }) => {
      const { account, ownerId } = requireProfile(store, ownerOf(store, call, UserName))
      store.delete(LOGIN_PROFILES, `${account}/${ownerId}`)
      return {}
    },
  },
)

/** A user's own doing; nobody else's, not even root's. */
export const changePassword = operation<ChangePasswordCommandInput, ChangePasswordCommandOutput>(
  'iam',
  'ChangePassword',
  {
    needs: (_input, call) => [grantedToUsers(call, 'ChangePassword', call.caller.arn)],
    async perform({ OldPassword, NewPassword }, { call, world: { store } }) {
      if (call.caller.kind !== 'user') {
        // inferred: the sentence.
        throw new AwsError('InvalidUserType', 'Only IAM Users can change their own password')
      }
      const owner = ownerOf(store, call, undefined)
      const profile = requireProfile(store, owner)
      if (!(await isPassword(OldPassword, profile.password))) {
        // inferred: code and sentence.
        throw new AwsError('AccessDenied', 'The old password was incorrect.', 403)
      }
      const changed = await withPassword(store, owner, profile, NewPassword, call.time)
      save(store, { ...changed, resetRequired: false })
      return {}
    },
  },
)

function requireProfile(store: Store, owner: Owner): LoginProfile {
  const profile = findLoginProfile(store, owner)
  if (!profile) throw noSuchEntity(`Login Profile for User ${owner.name} cannot be found.`)
  return profile
}

function save(store: Store, profile: LoginProfile): void {
  store.put<LoginProfile>(LOGIN_PROFILES, `${profile.account}/${profile.ownerId}`, profile)
}

/** The longest memory that a policy may ask for (API_UpdateAccountPasswordPolicy). */
const MEMORY = 24

/** Throws where the policy does not like it, or the profile was changed meanwhile. */
async function withPassword(
  store: Store,
  owner: Owner,
  profile: LoginProfile,
  text: string,
  time: number,
): Promise<LoginProfile> {
  requireConforming(store, owner, text)
  const earlier = [profile.password, ...profile.previous]
  const remembered = findPasswordPolicy(store, owner.account)?.remembered ?? 0
  for (const one of earlier.slice(0, remembered)) {
    if (await isPassword(text, one)) {
      // inferred: the sentence.
      throw violation('Policy constraint violation with password reuse prevention during password change.')
    }
  }
  const password = await hashPassword(text)
  if (findLoginProfile(store, owner) !== profile) {
    // inferred: the sentence.
    throw new AwsError(
      'EntityTemporarilyUnmodifiable',
      `Login Profile for User ${owner.name} cannot be modified while login profile is being created.`,
      409,
    )
  }
  return { ...profile, password, previous: earlier.slice(0, MEMORY), changeDate: Math.floor(time / 1000) }
}

function requireConforming(store: Store, { account }: Owner, password: string): void {
  if (conforms(findPasswordPolicy(store, account), password, account)) return
  throw violation('Password does not conform to the account password policy.')
}

function violation(message: string): AwsError {
  return new AwsError('PasswordPolicyViolation', message)
}

function view({ name }: Owner, { createDate, resetRequired }: LoginProfile) {
  return { UserName: name, CreateDate: createDate, PasswordResetRequired: resetRequired }
}
