import { AwsError } from '../../wire/aws-error.ts'

/** `s3://bucket/some/prefix` taken apart. */
export interface S3Uri {
  bucket: string
  key: string
}

export function parseS3Uri(uri: string): S3Uri {
  const match = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(uri)
  if (!match) throw new AwsError('ValidationException', `Invalid S3 URI: ${uri}`) // inferred: sentence
  return { bucket: match[1]!, key: match[2]! }
}

export const s3Uri = (bucket: string, key: string): string => `s3://${bucket}/${key}`

/** Virtual host of a bucket, which is what the platform's transfers resolve. */
export const bucketHost = (bucket: string, region: string): string => `${bucket}.s3.${region}.amazonaws.com`
