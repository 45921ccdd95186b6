import type { Origin } from '../door/call.ts'
import { findEntity, INSTANCE_PROFILES, type InstanceProfile, keyOf, type Role } from '../services/iam/entities.ts'
import { partition } from '../services/partition.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { World } from '../world.ts'
import type { Place } from './place.ts'

/** Which version of the metadata service hands the credentials out (ec2:RoleDelivery). */
export type Delivery = '1.0' | '2.0'

const EC2 = 'ec2.amazonaws.com'
const ec2Network: Origin = { kind: 'service-network', service: EC2 }

/** Captured answers expire six to seven hours after they were made. */
const SESSION_SECONDS = 6 * 3600
/** "…at least five minutes before the expiration of the old credentials" (EC2 User Guide, "Retrieve security credentials"). */
const RENEW_BEFORE_MS = 15 * 60_000

const PAGE = 'http://docs.amazonwebservices.com/IAM/latest/UserGuide/RolesTroubleshooting.html.'

/** The profile as it is now, and its role, as far as they are there. `id` tells a profile that was made anew under the old name. */
function profileOf({ store }: World, { account, instance }: Place) {
  const { Arn, Id } = instance.IamInstanceProfile ?? {}
  const name = Arn?.split('/').at(-1)
  if (name === undefined) return undefined
  const found = store.get<InstanceProfile>(INSTANCE_PROFILES, keyOf(account, name))
  const profile = found?.id === Id ? found : undefined
  const role = profile?.role === undefined ? undefined : findEntity(store, 'role', account, profile.role)
  return { arn: Arn!, id: Id!, profile, role }
}

/** Role of the instance's profile; undefined where there is none (any more). */
export function instanceRole(world: World, place: Place): Role | undefined {
  return profileOf(world, place)?.role
}

/** `iam/info`; undefined for an instance without a profile (IAM User Guide, "Troubleshooting Amazon EC2 and IAM"). */
export function profileInfo(world: World, place: Place): string | undefined {
  const found = profileOf(world, place)
  if (!found) return undefined
  const LastUpdated = stamp((place.instance.ProfileAssociation?.Timestamp ?? place.instance.LaunchTime) * 1000)
  if (!found.profile) {
    const Message = `Instance Profile with ID ${found.id} cannot be found. Please see documentation at ${PAGE}`
    return document({ Code: 'InstanceProfileNotFound', Message, LastUpdated })
  }
  const told = { InstanceProfileArn: found.arn, InstanceProfileId: found.id }
  if (found.role) return document({ Code: 'Success', LastUpdated, ...told })
  const Message = `Instance Profile does not contain a role. Please see documentation at ${PAGE}`
  return document({ Code: 'Success', Message, LastUpdated, ...told })
}

interface Session {
  readonly roleId: string
  readonly expiresAt: number
  readonly text: string
}

/** Sessions that are handed out until they are near their end. Only STS's own record of them is truth. */
const sessions = new WeakMap<World, Map<string, Promise<Session>>>()

/**
 * `iam/security-credentials/ROLE`: EC2 assumes the role for the instance, through the door like everyone, and hands out the
 * session until shortly before it ends. A role that does not trust EC2 gives AWS's own sentence instead.
 */
export async function roleCredentials(world: World, place: Place, role: Role, delivery: Delivery): Promise<string> {
  const known = sessions.get(world) ?? new Map<string, Promise<Session>>()
  sessions.set(world, known)
  const key = [place.account, place.region, place.instance.InstanceId, delivery].join('/')
  const before = known.get(key)
  const kept = await before?.catch(() => undefined)
  if (kept && kept.roleId === role.id && kept.expiresAt - RENEW_BEFORE_MS > world.now()) return kept.text
  // Somebody else may have asked in the meantime: one session serves both.
  if (known.get(key) !== before) return roleCredentials(world, place, role, delivery)
  const made = assume(world, place, role, delivery)
  known.set(key, made)
  try {
    return (await made).text
  } catch (error) {
    if (known.get(key) === made) known.delete(key)
    if (!(error instanceof AwsError)) throw error
    return document({
      Code: 'AssumeRoleUnauthorizedAccess',
      // The two blanks are AWS's.
      Message: `EC2 cannot assume the role ${role.name}.  Please see documentation at ${PAGE}`,
      LastUpdated: stamp(world.now()),
    })
  }
}

async function assume(world: World, place: Place, role: Role, delivery: Delivery): Promise<Session> {
  const { account, region, instance, interfaces } = place
  const instanceArn = `arn:${partition(region)}:ec2:${region}:${account}:instance/${instance.InstanceId}`
  const { Credentials: given } = await world.door.call<{
    Credentials: { AccessKeyId: string; SecretAccessKey: string; SessionToken: string; Expiration: number }
  }>({
    service: 'sts',
    operation: 'AssumeRole',
    input: { RoleArn: role.arn, RoleSessionName: instance.InstanceId, DurationSeconds: SESSION_SECONDS },
    as: {
      service: EC2,
      // inferred: that EC2 names the instance to the trust policy; no page of AWS's says either.
      sourceArn: instanceArn,
      sourceAccount: account,
      // Service Authorization Reference for EC2, and IAM User Guide, "Properties of role sessions".
      vouchesFor: {
        'ec2:SourceInstanceARN': instanceArn,
        'ec2:RoleDelivery': delivery,
        'aws:Ec2InstanceSourceVpc': instance.VpcId,
        'aws:Ec2InstanceSourcePrivateIPv4': interfaces[0]?.PrivateIpAddress ?? instance.PrivateIpAddress,
      },
    },
    origin: ec2Network,
    region,
    onBehalfOf: instanceArn,
  })
  return {
    roleId: role.id,
    expiresAt: given.Expiration * 1000,
    text: document({
      Code: 'Success',
      LastUpdated: stamp(world.now()),
      Type: 'AWS-HMAC',
      AccessKeyId: given.AccessKeyId,
      SecretAccessKey: given.SecretAccessKey,
      Token: given.SessionToken,
      Expiration: stamp(given.Expiration * 1000),
    }),
  }
}

/** JSON as instance metadata prints it: a member a line, blanks around colons. */
export function document(members: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(members).map(([name, value]) => `  "${name}" : ${JSON.stringify(value)}`)
  return `{\n${lines.join(',\n')}\n}`
}

/** `2024-05-16T16:25:20Z` */
export const stamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`
