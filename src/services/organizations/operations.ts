import { describeAccount, listAccounts, listAccountsForParent, moveAccount } from './accounts.ts'
import { attachPolicy, detachPolicy, listPoliciesForTarget, listTargetsForPolicy } from './attachments.ts'
import { closeAccount } from './close-account.ts'
import { createAccount } from './create-account.ts'
import { describeCreateAccountStatus, listCreateAccountStatus } from './create-account-status.ts'
import { createOrganization } from './create-organization.ts'
import {
  deregisterDelegatedAdministrator,
  listDelegatedAdministrators,
  listDelegatedServicesForAccount,
  registerDelegatedAdministrator,
} from './delegated-administrators.ts'
import { deleteOrganization } from './delete-organization.ts'
import { describeEffectivePolicy } from './describe-effective-policy.ts'
import { describeOrganization } from './describe-organization.ts'
import { enableAllFeatures } from './enable-all-features.ts'
import {
  acceptHandshake,
  cancelHandshake,
  declineHandshake,
  describeHandshake,
  listHandshakesForAccount,
  listHandshakesForOrganization,
} from './handshakes.ts'
import { inviteAccountToOrganization } from './invite-account.ts'
import { leaveOrganization, removeAccountFromOrganization } from './leave-organization.ts'
import {
  createOrganizationalUnit,
  deleteOrganizationalUnit,
  describeOrganizationalUnit,
  listOrganizationalUnitsForParent,
  updateOrganizationalUnit,
} from './organizational-units.ts'
import { createPolicy, deletePolicy, describePolicy, listPolicies, updatePolicy } from './policies.ts'
import { deleteResourcePolicy, describeResourcePolicy, putResourcePolicy } from './resource-policy.ts'
import { disablePolicyType, enablePolicyType, listRoots } from './roots.ts'
import {
  disableAWSServiceAccess,
  enableAWSServiceAccess,
  listAWSServiceAccessForOrganization,
} from './service-access.ts'
import { listTagsForResource, tagResource, untagResource } from './tags.ts'
import { listChildren, listParents } from './tree.ts'

/** Everything of Organizations that is built, by its AWS name. */
export const operations = {
  AcceptHandshake: acceptHandshake,
  AttachPolicy: attachPolicy,
  CancelHandshake: cancelHandshake,
  CloseAccount: closeAccount,
  CreateAccount: createAccount,
  CreateOrganization: createOrganization,
  CreateOrganizationalUnit: createOrganizationalUnit,
  CreatePolicy: createPolicy,
  DeclineHandshake: declineHandshake,
  DeleteOrganization: deleteOrganization,
  DeleteOrganizationalUnit: deleteOrganizationalUnit,
  DeletePolicy: deletePolicy,
  DeleteResourcePolicy: deleteResourcePolicy,
  DeregisterDelegatedAdministrator: deregisterDelegatedAdministrator,
  DescribeAccount: describeAccount,
  DescribeCreateAccountStatus: describeCreateAccountStatus,
  DescribeEffectivePolicy: describeEffectivePolicy,
  DescribeHandshake: describeHandshake,
  DescribeOrganization: describeOrganization,
  DescribeOrganizationalUnit: describeOrganizationalUnit,
  DescribePolicy: describePolicy,
  DescribeResourcePolicy: describeResourcePolicy,
  DetachPolicy: detachPolicy,
  DisableAWSServiceAccess: disableAWSServiceAccess,
  DisablePolicyType: disablePolicyType,
  EnableAWSServiceAccess: enableAWSServiceAccess,
  EnableAllFeatures: enableAllFeatures,
  EnablePolicyType: enablePolicyType,
  InviteAccountToOrganization: inviteAccountToOrganization,
  LeaveOrganization: leaveOrganization,
  ListAWSServiceAccessForOrganization: listAWSServiceAccessForOrganization,
  ListAccounts: listAccounts,
  ListAccountsForParent: listAccountsForParent,
  ListChildren: listChildren,
  ListCreateAccountStatus: listCreateAccountStatus,
  ListDelegatedAdministrators: listDelegatedAdministrators,
  ListDelegatedServicesForAccount: listDelegatedServicesForAccount,
  ListHandshakesForAccount: listHandshakesForAccount,
  ListHandshakesForOrganization: listHandshakesForOrganization,
  ListOrganizationalUnitsForParent: listOrganizationalUnitsForParent,
  ListParents: listParents,
  ListPolicies: listPolicies,
  ListPoliciesForTarget: listPoliciesForTarget,
  ListRoots: listRoots,
  ListTagsForResource: listTagsForResource,
  ListTargetsForPolicy: listTargetsForPolicy,
  MoveAccount: moveAccount,
  PutResourcePolicy: putResourcePolicy,
  RegisterDelegatedAdministrator: registerDelegatedAdministrator,
  RemoveAccountFromOrganization: removeAccountFromOrganization,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateOrganizationalUnit: updateOrganizationalUnit,
  UpdatePolicy: updatePolicy,
}
