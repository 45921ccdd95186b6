import type { Store } from '../../store/store.ts'

/** Where an account stands in its organization. */
export interface Membership {
  /** `o-…` */
  readonly organizationId: string
  readonly managementAccount: string
  /** aws:PrincipalOrgPaths: `o-…/r-…/ou-…/`, from the root down to the account's own unit. */
  readonly path: string
  /** Ids of the root, the units below it and the account itself, outermost first: what policies hang on. */
  readonly targets: readonly string[]
}

/** The organization that an account belongs to; undefined when it is in none. */
export function membership(_store: Store, _account: string | undefined): Membership | undefined {
  return undefined
}
