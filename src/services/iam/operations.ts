import * as accessKeys from './access-keys.ts'
import * as attachedPolicies from './attached-policies.ts'
import { createPolicy } from './create-policy.ts'
import { createRole } from './create-role.ts'
import { createServiceLinkedRole } from './create-service-linked-role.ts'
import { createUser } from './create-user.ts'
import { deletePolicy } from './delete-policy.ts'
import { deleteRole } from './delete-role.ts'
import { deleteUser } from './delete-user.ts'
import { getAccountSummary } from './get-account-summary.ts'
import { getPolicy } from './get-policy.ts'
import { getRole } from './get-role.ts'
import { getUser } from './get-user.ts'
import * as groups from './groups.ts'
import * as inlinePolicies from './inline-policies.ts'
import * as instanceProfiles from './instance-profiles.ts'
import { listEntitiesForPolicy } from './list-entities-for-policy.ts'
import { listPolicies } from './list-policies.ts'
import { listRoles } from './list-roles.ts'
import { listUsers } from './list-users.ts'
import * as boundaries from './permissions-boundary.ts'
import * as policyVersions from './policy-versions.ts'
import * as tags from './resource-tags.ts'
import { updateAssumeRolePolicy } from './update-assume-role-policy.ts'
import { updateRole, updateRoleDescription } from './update-role.ts'
import { updateUser } from './update-user.ts'

/** Everything of IAM that is built, by its AWS name. */
export const operations = {
  AddRoleToInstanceProfile: instanceProfiles.addRoleToInstanceProfile,
  AddUserToGroup: groups.addUserToGroup,
  AttachGroupPolicy: attachedPolicies.attachGroupPolicy,
  AttachRolePolicy: attachedPolicies.attachRolePolicy,
  AttachUserPolicy: attachedPolicies.attachUserPolicy,
  CreateAccessKey: accessKeys.createAccessKey,
  CreateGroup: groups.createGroup,
  CreateInstanceProfile: instanceProfiles.createInstanceProfile,
  CreatePolicy: createPolicy,
  CreatePolicyVersion: policyVersions.createPolicyVersion,
  CreateRole: createRole,
  CreateServiceLinkedRole: createServiceLinkedRole,
  CreateUser: createUser,
  DeleteAccessKey: accessKeys.deleteAccessKey,
  DeleteGroup: groups.deleteGroup,
  DeleteGroupPolicy: inlinePolicies.deleteGroupPolicy,
  DeleteInstanceProfile: instanceProfiles.deleteInstanceProfile,
  DeletePolicy: deletePolicy,
  DeletePolicyVersion: policyVersions.deletePolicyVersion,
  DeleteRole: deleteRole,
  DeleteRolePermissionsBoundary: boundaries.deleteRolePermissionsBoundary,
  DeleteRolePolicy: inlinePolicies.deleteRolePolicy,
  DeleteUser: deleteUser,
  DeleteUserPermissionsBoundary: boundaries.deleteUserPermissionsBoundary,
  DeleteUserPolicy: inlinePolicies.deleteUserPolicy,
  DetachGroupPolicy: attachedPolicies.detachGroupPolicy,
  DetachRolePolicy: attachedPolicies.detachRolePolicy,
  DetachUserPolicy: attachedPolicies.detachUserPolicy,
  GetAccessKeyLastUsed: accessKeys.getAccessKeyLastUsed,
  GetAccountSummary: getAccountSummary,
  GetGroup: groups.getGroup,
  GetGroupPolicy: inlinePolicies.getGroupPolicy,
  GetInstanceProfile: instanceProfiles.getInstanceProfile,
  GetPolicy: getPolicy,
  GetPolicyVersion: policyVersions.getPolicyVersion,
  GetRole: getRole,
  GetRolePolicy: inlinePolicies.getRolePolicy,
  GetUser: getUser,
  GetUserPolicy: inlinePolicies.getUserPolicy,
  ListAccessKeys: accessKeys.listAccessKeys,
  ListAttachedGroupPolicies: attachedPolicies.listAttachedGroupPolicies,
  ListAttachedRolePolicies: attachedPolicies.listAttachedRolePolicies,
  ListAttachedUserPolicies: attachedPolicies.listAttachedUserPolicies,
  ListEntitiesForPolicy: listEntitiesForPolicy,
  ListGroupPolicies: inlinePolicies.listGroupPolicies,
  ListGroups: groups.listGroups,
  ListGroupsForUser: groups.listGroupsForUser,
  ListInstanceProfileTags: tags.listInstanceProfileTags,
  ListInstanceProfiles: instanceProfiles.listInstanceProfiles,
  ListInstanceProfilesForRole: instanceProfiles.listInstanceProfilesForRole,
  ListPolicies: listPolicies,
  ListPolicyTags: tags.listPolicyTags,
  ListPolicyVersions: policyVersions.listPolicyVersions,
  ListRolePolicies: inlinePolicies.listRolePolicies,
  ListRoleTags: tags.listRoleTags,
  ListRoles: listRoles,
  ListUserPolicies: inlinePolicies.listUserPolicies,
  ListUserTags: tags.listUserTags,
  ListUsers: listUsers,
  PutGroupPolicy: inlinePolicies.putGroupPolicy,
  PutRolePermissionsBoundary: boundaries.putRolePermissionsBoundary,
  PutRolePolicy: inlinePolicies.putRolePolicy,
  PutUserPermissionsBoundary: boundaries.putUserPermissionsBoundary,
  PutUserPolicy: inlinePolicies.putUserPolicy,
  RemoveRoleFromInstanceProfile: instanceProfiles.removeRoleFromInstanceProfile,
  RemoveUserFromGroup: groups.removeUserFromGroup,
  SetDefaultPolicyVersion: policyVersions.setDefaultPolicyVersion,
  TagInstanceProfile: tags.tagInstanceProfile,
  TagPolicy: tags.tagPolicy,
  TagRole: tags.tagRole,
  TagUser: tags.tagUser,
  UntagInstanceProfile: tags.untagInstanceProfile,
  UntagPolicy: tags.untagPolicy,
  UntagRole: tags.untagRole,
  UntagUser: tags.untagUser,
  UpdateAccessKey: accessKeys.updateAccessKey,
  UpdateAssumeRolePolicy: updateAssumeRolePolicy,
  UpdateRole: updateRole,
  UpdateRoleDescription: updateRoleDescription,
  UpdateUser: updateUser,
}
