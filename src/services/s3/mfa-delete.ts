import type { Permit } from '../../door/call.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { verifyMfa } from '../iam/mfa-devices.ts'
import type { Bucket } from './bucket.ts'

/**
 * `x-amz-mfa: SERIAL CODE` (S3 User Guide, "Configuring MFA delete"): by the account's root user with a device of its own.
 * Throws AccessDenied.
 */
export function assertMfa({ call, world }: Permit, header: string | undefined): void {
  const [serialNumber, code] = header?.trim().split(/\s+/) ?? []
  if (call.caller.kind !== 'root' || serialNumber === undefined || code === undefined) {
    throw new AwsError('AccessDenied', 'Mfa Authentication must be used for this request', 403)
  }
  if (!verifyMfa(world.store, call.caller, serialNumber, code, world.now())) {
    // inferred: what S3 says of a code that is not the device's.
    throw new AwsError('AccessDenied', 'Mfa Authentication must be used for this request', 403)
  }
}

/** Deleting a version for good needs a code where the bucket says so; a delete marker may be put without. */
export function assertMfaDelete(permit: Permit, bucket: Bucket, header: string | undefined): void {
  if (bucket.versioning?.mfaDelete === 'Enabled') assertMfa(permit, header)
}
