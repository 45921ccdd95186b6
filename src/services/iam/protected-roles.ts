import type { Store } from '../../store/store.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { requireEntity, type Role } from './entities.ts'

/** Throws NoSuchEntity, and UnmodifiableEntity for the roles that only AWS may change (facts: iam.md §3.5). */
export function requireOwnRole(store: Store, account: string, name: string): Role {
  const role = requireEntity(store, 'role', account, name)
  refuseReservedPath(role)
  return role
}

/** Of a service-linked role the customer may change the description and the tags, and nothing else. */
export function requireRoleToLabel(store: Store, account: string, name: string): Role {
  const role = requireEntity(store, 'role', account, name)
  if (!role.path.startsWith('/aws-service-role/')) refuseReservedPath(role)
  return role
}

export function refuseReservedPath({ name, path }: Pick<Role, 'name' | 'path'>): void {
  if (!path.startsWith('/aws-service-role/') && !path.startsWith('/aws-reserved/')) return
  throw new AwsError(
    'UnmodifiableEntity',
    `Cannot perform the operation on the protected role '${name}' - this role is only modifiable by AWS`,
  )
}
