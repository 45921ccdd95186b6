import type {
  Account as AccountView,
  Organization as OrganizationView,
  OrganizationalUnit,
  Policy as PolicyView,
  PolicySummary,
  Root,
} from '@aws-sdk/client-organizations'
import type { Store } from '../../store/store.ts'
import type { Shape } from '../../wire/shape.ts'
import type { AwsManagedPolicy } from './aws-managed-policies.ts'
import { findAccount, lineage, type MemberAccount, type Organization, type Policy, type Unit } from './documents.ts'
import { accountArn, organizationArn, policyArn, rootArn, unitArn } from './ids.ts'

/** The documents as the API shows them. */

export function organizationView(store: Store, organization: Organization): Shape<OrganizationView> {
  const { id, featureSet, managementAccount } = organization
  return {
    Id: id,
    Arn: organizationArn(organization),
    FeatureSet: featureSet,
    MasterAccountArn: accountArn(organization, managementAccount),
    MasterAccountId: managementAccount,
    MasterAccountEmail: findAccount(store, managementAccount)!.email,
    // AWS shows this one type here, whatever is enabled; ListRoots tells the truth (API reference, Organization).
    AvailablePolicyTypes: featureSet === 'ALL' ? [{ Type: 'SERVICE_CONTROL_POLICY', Status: 'ENABLED' }] : [],
  }
}

export function rootView(organization: Organization): Shape<Root> {
  const { id, policyTypes } = organization.root
  return {
    Id: id,
    Arn: rootArn(organization, id),
    Name: 'Root',
    PolicyTypes: policyTypes.map((Type) => ({ Type, Status: 'ENABLED' })),
  }
}

export function unitView(store: Store, organization: Organization, unit: Unit): Shape<OrganizationalUnit> {
  return {
    Id: unit.id,
    Arn: unitArn(organization, unit.id),
    Name: unit.name,
    Path: pathOf(store, organization, unit.parent, unit.id),
  }
}

export function accountView(
  store: Store,
  organization: Organization,
  { id, name, email, status, member }: MemberAccount,
): Shape<AccountView> {
  return {
    Id: id,
    Arn: accountArn(organization, id),
    Email: email,
    Name: name,
    Status: status,
    State: status,
    Paths: [pathOf(store, organization, member.parent, id)],
    JoinedMethod: member.method,
    JoinedTimestamp: member.joinedAt,
  }
}

/** `o-…/r-…/ou-…/` */
function pathOf(store: Store, organization: Organization, parent: string, self: string): string {
  return `${[organization.id, ...lineage(store, organization, parent, self)].join('/')}/`
}

export function policySummary(organization: Organization, policy: Policy | AwsManagedPolicy): Shape<PolicySummary> {
  const { id, type, name, description } = policy
  const managed = 'arn' in policy
  return {
    Id: id,
    Arn: managed ? policy.arn : policyArn(organization, type, id),
    Name: name,
    Description: description,
    Type: type,
    AwsManaged: managed,
  }
}

export function policyView(organization: Organization, policy: Policy | AwsManagedPolicy): Shape<PolicyView> {
  return { PolicySummary: policySummary(organization, policy), Content: policy.content }
}
