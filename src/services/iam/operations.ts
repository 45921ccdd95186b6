import * as accessKeys from './access-keys.ts'
import * as accountAliases from './account-aliases.ts'
import * as attachedPolicies from './attached-policies.ts'
import { createPolicy } from './create-policy.ts'
import { createRole } from './create-role.ts'
import { createServiceLinkedRole } from './create-service-linked-role.ts'
import { createUser } from './create-user.ts'
import { generateCredentialReport, getCredentialReport } from './credential-report.ts'
import { deletePolicy } from './delete-policy.ts'
import { deleteRole } from './delete-role.ts'
import { deleteServiceLinkedRole, getServiceLinkedRoleDeletionStatus } from './delete-service-linked-role.ts'
import { deleteUser } from './delete-user.ts'
import { getAccountAuthorizationDetails } from './get-account-authorization-details.ts'
import { getAccountSummary } from './get-account-summary.ts'
import * as contextKeys from './get-context-keys.ts'
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
import * as loginProfiles from './login-profiles.ts'
import * as oidcProviders from './oidc-providers.ts'
import * as passwordPolicy from './password-policy.ts'
import * as boundaries from './permissions-boundary.ts'
import * as policyVersions from './policy-versions.ts'
import * as tags from './resource-tags.ts'
import * as samlProviders from './saml-providers.ts'
import { setSecurityTokenServicePreferences } from './security-token-preferences.ts'
import * as serverCertificates from './server-certificates.ts'
import * as lastAccessed from './service-last-accessed.ts'
import * as serviceCredentials from './service-specific-credentials.ts'
import * as signingCertificates from './signing-certificates.ts'
import { simulateCustomPolicy } from './simulate-custom-policy.ts'
import { simulatePrincipalPolicy } from './simulate-principal-policy.ts'
import * as sshPublicKeys from './ssh-public-keys.ts'
import { updateAssumeRolePolicy } from './update-assume-role-policy.ts'
import { updateGroup } from './update-group.ts'
import { updateRole, updateRoleDescription } from './update-role.ts'
import { updateUser } from './update-user.ts'
import * as userMfaDevices from './user-mfa-devices.ts'
import * as virtualMfaDevices from './virtual-mfa-devices.ts'

/** Everything of IAM that is built, by its AWS name. */
export const operations = {
  AddClientIDToOpenIDConnectProvider: oidcProviders.addClientIDToOpenIDConnectProvider,
  AddRoleToInstanceProfile: instanceProfiles.addRoleToInstanceProfile,
  AddUserToGroup: groups.addUserToGroup,
  AttachGroupPolicy: attachedPolicies.attachGroupPolicy,
  AttachRolePolicy: attachedPolicies.attachRolePolicy,
  AttachUserPolicy: attachedPolicies.attachUserPolicy,
  ChangePassword: loginProfiles.changePassword,
  CreateAccessKey: accessKeys.createAccessKey,
  CreateAccountAlias: accountAliases.createAccountAlias,
  CreateGroup: groups.createGroup,
  CreateInstanceProfile: instanceProfiles.createInstanceProfile,
  CreateLoginProfile: loginProfiles.createLoginProfile,
  CreateOpenIDConnectProvider: oidcProviders.createOpenIDConnectProvider,
  CreatePolicy: createPolicy,
  CreatePolicyVersion: policyVersions.createPolicyVersion,
  CreateRole: createRole,
  CreateSAMLProvider: samlProviders.createSAMLProvider,
  CreateServiceLinkedRole: createServiceLinkedRole,
  CreateServiceSpecificCredential: serviceCredentials.createServiceSpecificCredential,
  CreateUser: createUser,
  CreateVirtualMFADevice: virtualMfaDevices.createVirtualMFADevice,
  DeactivateMFADevice: userMfaDevices.deactivateMFADevice,
  DeleteAccessKey: accessKeys.deleteAccessKey,
  DeleteAccountAlias: accountAliases.deleteAccountAlias,
  DeleteAccountPasswordPolicy: passwordPolicy.deleteAccountPasswordPolicy,
  DeleteGroup: groups.deleteGroup,
  DeleteGroupPolicy: inlinePolicies.deleteGroupPolicy,
  DeleteInstanceProfile: instanceProfiles.deleteInstanceProfile,
  DeleteLoginProfile: loginProfiles.deleteLoginProfile,
  DeleteOpenIDConnectProvider: oidcProviders.deleteOpenIDConnectProvider,
  DeletePolicy: deletePolicy,
  DeletePolicyVersion: policyVersions.deletePolicyVersion,
  DeleteRole: deleteRole,
  DeleteRolePermissionsBoundary: boundaries.deleteRolePermissionsBoundary,
  DeleteRolePolicy: inlinePolicies.deleteRolePolicy,
  DeleteSAMLProvider: samlProviders.deleteSAMLProvider,
  DeleteSSHPublicKey: sshPublicKeys.deleteSSHPublicKey,
  DeleteServerCertificate: serverCertificates.deleteServerCertificate,
  DeleteServiceLinkedRole: deleteServiceLinkedRole,
  DeleteServiceSpecificCredential: serviceCredentials.deleteServiceSpecificCredential,
  DeleteSigningCertificate: signingCertificates.deleteSigningCertificate,
  DeleteUser: deleteUser,
  DeleteUserPermissionsBoundary: boundaries.deleteUserPermissionsBoundary,
  DeleteUserPolicy: inlinePolicies.deleteUserPolicy,
  DeleteVirtualMFADevice: virtualMfaDevices.deleteVirtualMFADevice,
  DetachGroupPolicy: attachedPolicies.detachGroupPolicy,
  DetachRolePolicy: attachedPolicies.detachRolePolicy,
  DetachUserPolicy: attachedPolicies.detachUserPolicy,
  EnableMFADevice: userMfaDevices.enableMFADevice,
  GenerateCredentialReport: generateCredentialReport,
  GenerateServiceLastAccessedDetails: lastAccessed.generateServiceLastAccessedDetails,
  GetAccessKeyLastUsed: accessKeys.getAccessKeyLastUsed,
  GetAccountAuthorizationDetails: getAccountAuthorizationDetails,
  GetAccountPasswordPolicy: passwordPolicy.getAccountPasswordPolicy,
  GetAccountSummary: getAccountSummary,
  GetContextKeysForCustomPolicy: contextKeys.getContextKeysForCustomPolicy,
  GetContextKeysForPrincipalPolicy: contextKeys.getContextKeysForPrincipalPolicy,
  GetCredentialReport: getCredentialReport,
  GetGroup: groups.getGroup,
  GetGroupPolicy: inlinePolicies.getGroupPolicy,
  GetInstanceProfile: instanceProfiles.getInstanceProfile,
  GetLoginProfile: loginProfiles.getLoginProfile,
  GetMFADevice: userMfaDevices.getMFADevice,
  GetOpenIDConnectProvider: oidcProviders.getOpenIDConnectProvider,
  GetPolicy: getPolicy,
  GetPolicyVersion: policyVersions.getPolicyVersion,
  GetRole: getRole,
  GetRolePolicy: inlinePolicies.getRolePolicy,
  GetSAMLProvider: samlProviders.getSAMLProvider,
  GetSSHPublicKey: sshPublicKeys.getSSHPublicKey,
  GetServerCertificate: serverCertificates.getServerCertificate,
  GetServiceLastAccessedDetails: lastAccessed.getServiceLastAccessedDetails,
  GetServiceLastAccessedDetailsWithEntities: lastAccessed.getServiceLastAccessedDetailsWithEntities,
  GetServiceLinkedRoleDeletionStatus: getServiceLinkedRoleDeletionStatus,
  GetUser: getUser,
  GetUserPolicy: inlinePolicies.getUserPolicy,
  ListAccessKeys: accessKeys.listAccessKeys,
  ListAccountAliases: accountAliases.listAccountAliases,
  ListAttachedGroupPolicies: attachedPolicies.listAttachedGroupPolicies,
  ListAttachedRolePolicies: attachedPolicies.listAttachedRolePolicies,
  ListAttachedUserPolicies: attachedPolicies.listAttachedUserPolicies,
  ListEntitiesForPolicy: listEntitiesForPolicy,
  ListGroupPolicies: inlinePolicies.listGroupPolicies,
  ListGroups: groups.listGroups,
  ListGroupsForUser: groups.listGroupsForUser,
  ListInstanceProfileTags: tags.instanceProfileTags.list,
  ListInstanceProfiles: instanceProfiles.listInstanceProfiles,
  ListInstanceProfilesForRole: instanceProfiles.listInstanceProfilesForRole,
  ListMFADeviceTags: tags.mfaDeviceTags.list,
  ListMFADevices: userMfaDevices.listMFADevices,
  ListOpenIDConnectProviderTags: tags.openIdConnectProviderTags.list,
  ListOpenIDConnectProviders: oidcProviders.listOpenIDConnectProviders,
  ListPolicies: listPolicies,
  ListPoliciesGrantingServiceAccess: lastAccessed.listPoliciesGrantingServiceAccess,
  ListPolicyTags: tags.policyTags.list,
  ListPolicyVersions: policyVersions.listPolicyVersions,
  ListRolePolicies: inlinePolicies.listRolePolicies,
  ListRoleTags: tags.roleTags.list,
  ListRoles: listRoles,
  ListSAMLProviderTags: tags.samlProviderTags.list,
  ListSAMLProviders: samlProviders.listSAMLProviders,
  ListSSHPublicKeys: sshPublicKeys.listSSHPublicKeys,
  ListServerCertificateTags: tags.serverCertificateTags.list,
  ListServerCertificates: serverCertificates.listServerCertificates,
  ListServiceSpecificCredentials: serviceCredentials.listServiceSpecificCredentials,
  ListSigningCertificates: signingCertificates.listSigningCertificates,
  ListUserPolicies: inlinePolicies.listUserPolicies,
  ListUserTags: tags.userTags.list,
  ListUsers: listUsers,
  ListVirtualMFADevices: virtualMfaDevices.listVirtualMFADevices,
  PutGroupPolicy: inlinePolicies.putGroupPolicy,
  PutRolePermissionsBoundary: boundaries.putRolePermissionsBoundary,
  PutRolePolicy: inlinePolicies.putRolePolicy,
  PutUserPermissionsBoundary: boundaries.putUserPermissionsBoundary,
  PutUserPolicy: inlinePolicies.putUserPolicy,
  RemoveClientIDFromOpenIDConnectProvider: oidcProviders.removeClientIDFromOpenIDConnectProvider,
  RemoveRoleFromInstanceProfile: instanceProfiles.removeRoleFromInstanceProfile,
  RemoveUserFromGroup: groups.removeUserFromGroup,
  ResetServiceSpecificCredential: serviceCredentials.resetServiceSpecificCredential,
  ResyncMFADevice: userMfaDevices.resyncMFADevice,
  SetDefaultPolicyVersion: policyVersions.setDefaultPolicyVersion,
  SetSecurityTokenServicePreferences: setSecurityTokenServicePreferences,
  SimulateCustomPolicy: simulateCustomPolicy,
  SimulatePrincipalPolicy: simulatePrincipalPolicy,
  TagInstanceProfile: tags.instanceProfileTags.tag,
  TagMFADevice: tags.mfaDeviceTags.tag,
  TagOpenIDConnectProvider: tags.openIdConnectProviderTags.tag,
  TagPolicy: tags.policyTags.tag,
  TagRole: tags.roleTags.tag,
  TagSAMLProvider: tags.samlProviderTags.tag,
  TagServerCertificate: tags.serverCertificateTags.tag,
  TagUser: tags.userTags.tag,
  UntagInstanceProfile: tags.instanceProfileTags.untag,
  UntagMFADevice: tags.mfaDeviceTags.untag,
  UntagOpenIDConnectProvider: tags.openIdConnectProviderTags.untag,
  UntagPolicy: tags.policyTags.untag,
  UntagRole: tags.roleTags.untag,
  UntagSAMLProvider: tags.samlProviderTags.untag,
  UntagServerCertificate: tags.serverCertificateTags.untag,
  UntagUser: tags.userTags.untag,
  UpdateAccessKey: accessKeys.updateAccessKey,
  UpdateAccountPasswordPolicy: passwordPolicy.updateAccountPasswordPolicy,
  UpdateAssumeRolePolicy: updateAssumeRolePolicy,
  UpdateGroup: updateGroup,
  UpdateLoginProfile: loginProfiles.updateLoginProfile,
  UpdateOpenIDConnectProviderThumbprint: oidcProviders.updateOpenIDConnectProviderThumbprint,
  UpdateRole: updateRole,
  UpdateRoleDescription: updateRoleDescription,
  UpdateSAMLProvider: samlProviders.updateSAMLProvider,
  UpdateSSHPublicKey: sshPublicKeys.updateSSHPublicKey,
  UpdateServerCertificate: serverCertificates.updateServerCertificate,
  UpdateServiceSpecificCredential: serviceCredentials.updateServiceSpecificCredential,
  UpdateSigningCertificate: signingCertificates.updateSigningCertificate,
  UpdateUser: updateUser,
  UploadSSHPublicKey: sshPublicKeys.uploadSSHPublicKey,
  UploadServerCertificate: serverCertificates.uploadServerCertificate,
  UploadSigningCertificate: signingCertificates.uploadSigningCertificate,
}
