import { limitExceeded } from './entities.ts'

/**
 * How much an account may have, as AWS sets it at first (IAM User Guide, "IAM and AWS STS quotas"; captured by
 * GetAccountSummary). The names are those in AWS's refusals; inferred: those of providers, MFA devices, public keys and
 * service-specific credentials.
 */
export const quotas = {
  UsersPerAccount: 5000,
  GroupsPerAccount: 300,
  RolesPerAccount: 1000,
  InstanceProfilesPerAccount: 1000,
  PoliciesPerAccount: 1500,
  ServerCertificatesPerAccount: 20,
  OpenIdConnectProvidersPerAccount: 100,
  SAMLProvidersPerAccount: 100,
  ClientIdsPerOpenIdConnectProvider: 100,
  GroupsPerUser: 10,
  AccessKeysPerUser: 2,
  CertificatesPerUser: 2,
  SSHPublicKeysPerUser: 5,
  ServiceSpecificCredentialsPerUser: 2,
  MFADevicesPerUser: 8,
  PoliciesPerUser: 10,
  PoliciesPerGroup: 10,
  PoliciesPerRole: 10,
  InstanceSessionsPerInstanceProfile: 1,
  /** Characters without white space. */
  ACLSizePerRole: 2048,
  PolicySize: 6144,
} as const

/** Throws AWS's LimitExceeded when one more would be too many. */
export function requireRoom(quota: keyof typeof quotas, count: number): void {
  requireWithin(quota, count + 1)
}

/** Throws AWS's LimitExceeded for what is larger than its quota. */
export function requireWithin(quota: keyof typeof quotas, size: number): void {
  if (size > quotas[quota]) throw limitExceeded(`Cannot exceed quota for ${quota}: ${quotas[quota]}`)
}
