import type { SecurityGroupDocument, VpcDocument } from '../documents.ts'
import type { Estate } from '../estate.ts'
import { securityGroups, vpcs } from '../nouns.ts'

/** The account's default VPC in the Region: none until CreateDefaultVpc was called. */
export function defaultVpc(estate: Estate): VpcDocument | undefined {
  return estate.list(vpcs).find((vpc) => vpc.IsDefault)
}

/** Groups go by name in the default VPC only. */
export function groupByName(estate: Estate, name: string): SecurityGroupDocument | undefined {
  const vpc = defaultVpc(estate)
  return vpc && estate.list(securityGroups).find((one) => one.VpcId === vpc.VpcId && one.GroupName === name)
}
