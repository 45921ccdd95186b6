import type { IamInstanceProfileSpecification } from '@aws-sdk/client-ec2'
import type { Need } from '../../../door/call.ts'
import type { Shape } from '../../../wire/shape.ts'
import { findEntity, INSTANCE_PROFILES, type InstanceProfile, keyOf, type Role } from '../../iam/entities.ts'
import { passRole } from '../../iam/pass-role.ts'
import { invalidCombination, invalidValue, invalidValueOf, missingParameter } from '../errors.ts'
import type { Estate } from '../estate.ts'

type Specification = Shape<IamInstanceProfileSpecification> | undefined

/** The account's profile by its name, or by its ARN as a whole. */
export function findProfile({ account, call }: Estate, given: Specification): InstanceProfile | undefined {
  const name = given?.Name ?? given?.Arn?.split('/').at(-1)
  if (!name) return undefined
  const profile = call.world.store.get<InstanceProfile>(INSTANCE_PROFILES, keyOf(account, name))
  return given?.Arn && profile?.arn !== given.Arn ? undefined : profile
}

export function roleOf({ call }: Estate, profile: InstanceProfile | undefined): Role | undefined {
  return profile?.role === undefined ? undefined : findEntity(call.world.store, 'role', profile.account, profile.role)
}

/**
 * The profile that a call hands to an instance. EC2 refuses one that is not there, or that has no role, before it launches
 * anything (sentences: many a GitHub issue quotes them).
 */
export function requireProfile(estate: Estate, given: NonNullable<Specification>): InstanceProfile {
  const { Arn, Name } = given
  if (Arn && Name) {
    throw invalidCombination(
      "The parameter 'iamInstanceProfile.name' may not be used in combination with 'iamInstanceProfile.arn'",
    )
  }
  if (!Arn && !Name) throw missingParameter('iamInstanceProfile.name')
  const profile = findProfile(estate, given)
  if (!profile) {
    throw Name
      ? invalidValueOf(Name, 'iamInstanceProfile.name', 'Invalid IAM Instance Profile name')
      : invalidValueOf(Arn, 'iamInstanceProfile.arn', 'Invalid IAM Instance Profile ARN')
  }
  if (!roleOf(estate, profile)) throw invalidValue(`IAM Instance Profile "${profile.arn}" has no associated IAM Roles`)
  return profile
}

/**
 * Who gives an instance a profile passes its role to EC2 (EC2 User Guide, "Permissions required to pass the role to an
 * instance"), for that instance (IAM User Guide, iam:AssociatedResourceArn, whose example is of EC2).
 */
export function passingRole(estate: Estate, given: Specification, instanceId = '*'): Need[] {
  const role = roleOf(estate, findProfile(estate, given))
  return role ? [passRole(estate.call, role.arn, 'ec2.amazonaws.com', estate.arn('instance', instanceId))] : []
}
