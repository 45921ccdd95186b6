import { AwsError } from '../../wire/aws-error.ts'
import type { ObjectHeaders } from './object.ts'

type HeaderInput = Partial<Record<keyof Omit<ObjectHeaders, 'Expires'>, string>> & { Expires?: number }

const names = ['CacheControl', 'ContentDisposition', 'ContentLanguage', 'WebsiteRedirectLocation'] as const

/** What an upload declares about itself; the framing of the request is no part of it. */
export function objectHeaders(input: HeaderInput): ObjectHeaders {
  const encoding = input.ContentEncoding?.split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '' && one !== 'aws-chunked')
    .join(',')
  return {
    ContentType: input.ContentType ?? 'binary/octet-stream',
    ...Object.fromEntries(names.flatMap((name) => (input[name] === undefined ? [] : [[name, input[name]]]))),
    ...(encoding ? { ContentEncoding: encoding } : {}),
    ...(input.Expires === undefined ? {} : { Expires: input.Expires }),
  }
}

/** User metadata: 2 KB of names and values (S3 User Guide, "Working with object metadata"). */
export function userMetadata(metadata: Record<string, string> = {}): Record<string, string> {
  const size = Object.entries(metadata).reduce((sum, entry) => sum + Buffer.byteLength(entry.join('')), 0)
  if (size > 2048) {
    throw new AwsError('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size', 400, {
      Size: String(size),
      MaxSizeAllowed: '2048',
    })
  }
  return metadata
}
