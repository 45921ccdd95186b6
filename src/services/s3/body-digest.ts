import type { Call } from '../../door/call.ts'
import { invalidRequest } from './errors.ts'
import { isInner } from './needs.ts'

/**
 * Settings that must not be garbled on their way carry a digest of their body (S3 API Reference, PutObjectLockConfiguration,
 * Content-MD5); whether it is right was checked by the door. Throws InvalidRequest.
 */
export function checkBody(call: Call): void {
  if (isInner(call) || hasDigest(call)) return
  throw invalidRequest('Missing required header for this request: Content-MD5 OR x-amz-checksum-*')
}

/** Whether a request declares what its body is to be. */
export function hasDigest(call: Call): boolean {
  const algorithms = ['crc32', 'crc32c', 'crc64nvme', 'sha1', 'sha256']
  return (
    call.header('content-md5') !== undefined ||
    call.header('x-amz-trailer')?.includes('x-amz-checksum-') === true ||
    algorithms.some((algorithm) => call.header(`x-amz-checksum-${algorithm}`) !== undefined)
  )
}
