import type { Call } from '../../../door/call.ts'
import type { Credentials } from '../../../door/door.ts'
import { formatBasicDate } from '../../../door/sigv4-date.ts'
import { canonicalQuery } from '../../../door/sigv4-encode.ts'
import type { Parameter } from '../../../door/sigv4-encode.ts'
import { algorithm, canonicalRequest, scopeText, sign, signingKey, stringToSign } from '../../../door/sigv4.ts'
import { bucketHost, parseS3Uri } from '../../../jobs/transfers/s3-uri.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { textOf } from './liquid/filters.ts'

/** Seconds. inferred: as long as a session of the role may well last. */
const lifetime = 3600

/**
 * Liquid's filter `grant_read_access`: "encodes an S3 URI into an HTTPS URL with a short-lived access token for that
 * resource" (SageMaker Developer Guide, "Adding automation with Liquid"), here a GET presigned by the role: what the role
 * may not read, the URL does not open. What is no S3 URI stays as it is.
 */
export function grantReadAccess(call: Call, credentials: Credentials): (value: unknown) => string {
  return (value) => {
    const uri = textOf(value)
    const at = s3UriOf(uri)
    return at ? presigned(call, credentials, at.bucket, at.key) : uri
  }
}

function s3UriOf(text: string): { bucket: string; key: string } | undefined {
  try {
    return parseS3Uri(text)
  } catch (error) {
    if (error instanceof AwsError) return undefined
    throw error
  }
}

function presigned({ region, time }: Call, credentials: Credentials, bucket: string, key: string): string {
  const host = bucketHost(bucket, region)
  const path = `/${key.split('/').map(encoded).join('/')}`
  const timestamp = formatBasicDate(time)
  const scope = { date: timestamp.slice(0, 8), region, service: 's3' }
  const parameters: Parameter[] = [
    ['X-Amz-Algorithm', algorithm],
    ['X-Amz-Credential', `${credentials.accessKeyId}/${scopeText(scope)}`],
    ['X-Amz-Date', timestamp],
    ['X-Amz-Expires', String(lifetime)],
    ['X-Amz-Security-Token', credentials.sessionToken ?? ''],
    ['X-Amz-SignedHeaders', 'host'],
  ]
  const request = {
    method: 'GET',
    path,
    query: '',
    headers: new Map([['host', host]]),
    rawHeaders: ['host', host],
  }
  const canonical = canonicalRequest(request, {
    path,
    parameters,
    signedHeaders: ['host'],
    payload: 'UNSIGNED-PAYLOAD',
  })
  const signature = sign(
    signingKey(credentials.secretAccessKey, scope),
    stringToSign(timestamp, scopeText(scope), canonical),
  )
  return `https://${host}${path}?${canonicalQuery(parameters)}&X-Amz-Signature=${signature}`
}

/** RFC 3986, as SigV4 wants it. */
const encoded = (part: string): string =>
  encodeURIComponent(part.toWellFormed()).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
