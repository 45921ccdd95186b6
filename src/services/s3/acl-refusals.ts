import type { Call } from '../../door/call.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { isPublicAcl, type AclGrant } from './acl-grants.ts'
import type { Bucket } from './bucket.ts'

export const aclsNotSupported = () =>
  new AwsError('AccessControlListNotSupported', 'The bucket does not allow ACLs', 400)

/** BlockPublicAcls: who asks for a public list is refused (sentence: facts errors.md A2.2, "S3 BPA"). */
export function refusePublicAcl(
  { caller }: Call,
  { publicAccessBlock, account }: Pick<Bucket, 'publicAccessBlock' | 'account'>,
  acl: readonly AclGrant[] | undefined,
  action: string,
  arn: string,
): void {
  if (!acl || !publicAccessBlock?.BlockPublicAcls || !isPublicAcl(acl)) return
  // Strangers hear no more than that (A2, rule 4).
  const sentence =
    caller.account === account
      ? `User: ${caller.arn} is not authorized to perform: ${action} on resource: "${arn}" ` +
        'because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.'
      : 'Access Denied'
  throw new AwsError('AccessDenied', sentence, 403)
}
