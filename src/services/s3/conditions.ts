import { AwsError } from '../../wire/aws-error.ts'
import { noSuchKey, preconditionFailed } from './errors.ts'
import type { StoredObject } from './object.ts'

export interface ReadPreconditions {
  IfMatch?: string
  IfNoneMatch?: string
  /** Epoch seconds. */
  IfModifiedSince?: number
  IfUnmodifiedSince?: number
}

/**
 * RFC 7232 in S3's reading: where both are given, If-Match outweighs If-Unmodified-Since and If-None-Match outweighs
 * If-Modified-Since (S3 API Reference, GetObject). Throws PreconditionFailed.
 */
export function unchangedSince(given: ReadPreconditions, object: StoredObject, prefix = ''): boolean {
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = given
  const modified = Math.floor(object.lastModified)
  if (IfMatch !== undefined) {
    if (!matches(IfMatch, object.etag)) throw preconditionFailed(`${prefix}If-Match`)
  } else if (IfUnmodifiedSince !== undefined && modified > IfUnmodifiedSince) {
    throw preconditionFailed(`${prefix}If-Unmodified-Since`)
  }
  if (IfNoneMatch !== undefined) return matches(IfNoneMatch, object.etag)
  return IfModifiedSince !== undefined && modified <= IfModifiedSince
}

export interface WritePreconditions {
  IfMatch?: string
  IfNoneMatch?: string
}

/** S3 User Guide, "How to prevent object overwrites with conditional writes". Throws PreconditionFailed or NoSuchKey. */
export function assertPreconditions(given: WritePreconditions, before: StoredObject | undefined, key: string): void {
  const { IfMatch, IfNoneMatch } = given
  if (IfNoneMatch !== undefined) {
    if (IfNoneMatch !== '*') {
      throw new AwsError('NotImplemented', 'A header you provided implies functionality that is not implemented', 501, {
        Header: 'If-None-Match',
      })
    }
    if (before) throw preconditionFailed('If-None-Match')
  }
  if (IfMatch !== undefined) {
    if (!before) throw noSuchKey(key)
    if (!matches(IfMatch, before.etag)) throw preconditionFailed('If-Match')
  }
}

function matches(header: string, etag: string): boolean {
  return header.split(',').some((one) => {
    const wanted = one.trim().replace(/^W\//, '').replaceAll('"', '')
    return wanted === '*' || wanted === etag
  })
}
