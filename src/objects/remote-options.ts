import { profile } from '../cli/client.ts'
import type { RemoteStore } from './remote-client.ts'

/** The flags or the environment name no store that can be used. */
export class ObjectStoreError extends Error {}

/**
 * `s3://bucket/prefix` at an endpoint, with credentials of its own: SALLYPORT_OBJECTS_ACCESS_KEY_ID, …_SECRET_ACCESS_KEY,
 * …_SESSION_TOKEN and …_REGION, or the section of SALLYPORT_OBJECTS_PROFILE in ~/.aws. Never the AWS_* of the environment, which
 * are for calls to this server.
 */
export function remoteStore(
  name: string,
  endpoint: string | undefined,
  environment: Record<string, string | undefined> = process.env,
): RemoteStore {
  const [, bucket, path = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(name) ?? []
  if (bucket === undefined) throw new ObjectStoreError(`${name} is not of the form s3://bucket/prefix`)
  const own = (key: string) => environment[`SALLYPORT_OBJECTS_${key}`]
  const section = own('PROFILE')
  const settings = section === undefined ? {} : profile({ ...environment, AWS_PROFILE: section })
  const accessKeyId = own('ACCESS_KEY_ID') ?? settings['AWS_ACCESS_KEY_ID']
  const secretAccessKey = own('SECRET_ACCESS_KEY') ?? settings['AWS_SECRET_ACCESS_KEY']
  if (!accessKeyId || !secretAccessKey) {
    throw new ObjectStoreError(
      'no credentials for the object store: set SALLYPORT_OBJECTS_ACCESS_KEY_ID and SALLYPORT_OBJECTS_SECRET_ACCESS_KEY, or SALLYPORT_OBJECTS_PROFILE',
    )
  }
  const region = own('REGION') ?? settings['AWS_REGION'] ?? 'us-east-1'
  const at = endpoint ?? settings['AWS_ENDPOINT_URL'] ?? `https://s3.${region}.amazonaws.com`
  if (!URL.canParse(at)) throw new ObjectStoreError(`${at} is no URL`)
  return {
    endpoint: at,
    bucket,
    prefix: path === '' || path.endsWith('/') ? path : `${path}/`,
    region,
    keys: { accessKeyId, secretAccessKey, sessionToken: own('SESSION_TOKEN') ?? settings['AWS_SESSION_TOKEN'] },
  }
}
