import type { Readable } from 'node:stream'
import type { Origin } from '../../door/call.ts'
import type { Acting } from '../acting.ts'
import { bucketHost, parseS3Uri } from './s3-uri.ts'

/** By whom S3 is asked, and from which network place. What S3 answers with is rejected with as it is: who asks has the words. */
export interface S3Access {
  acting: Acting
  origin: Origin
  region: string
}

/** An object of an input; `path`: where it goes below the input's folder. */
export interface InputObject {
  bucket: string
  key: string
  path: string
}

interface Listed {
  Contents?: { Key: string }[]
  NextContinuationToken?: string
  IsTruncated?: boolean
}

/** Every object whose key begins as the URI says. "Folders" that the console makes are none. */
export async function objectsBelow({ acting, origin, region }: S3Access, uri: string): Promise<InputObject[]> {
  const { bucket, key: prefix } = parseS3Uri(uri)
  const found: InputObject[] = []
  let token: string | undefined
  do {
    const input = { Bucket: bucket, Prefix: prefix, ...(token !== undefined && { ContinuationToken: token }) }
    const listed = await acting.call<Listed>('s3', 'ListObjectsV2', input, origin, bucketHost(bucket, region))
    for (const { Key: key } of listed.Contents ?? [])
      if (!key.endsWith('/')) found.push({ bucket, key, path: pathBelow(prefix, key) })
    token = listed.IsTruncated ? listed.NextContinuationToken : undefined
  } while (token !== undefined)
  return found
}

/**
 * Where an object of a prefix goes, in training channels, processing inputs and transform jobs alike:
 *
 * - a prefix that names a folder, with its slash or without, gives what is in it (`Session.upload_data` of the SageMaker
 *   Python SDK answers without, and AWS's examples find their files directly in the channel's folder);
 * - one that names an object gives that by its own name;
 * - one that ends within a name gives whole names: `data/train` makes `train-data.csv`, for training and for processing
 *   (aws/sagemaker-python-sdk issue 3612, where local mode differs).
 *
 * inferred: where one prefix is both, as `in` of `in/a` and `in-2/b`, each object is laid out by itself, as `a` and `in-2/b`.
 */
export function pathBelow(prefix: string, key: string): string {
  const rest = key.slice(prefix.length)
  if (rest !== '' && (prefix === '' || prefix.endsWith('/') || rest.startsWith('/'))) return rest.replace(/^\/+/, '')
  return key.slice(prefix.lastIndexOf('/') + 1)
}

/** Objects of a manifest: `[{"prefix": "s3://bucket/some/"}, "relative/path", …]` (API_S3DataSource). Undefined: it is none. */
export async function objectsOfManifest(access: S3Access, uri: string): Promise<InputObject[] | undefined> {
  const chunks: Buffer[] = []
  for await (const chunk of await getObject(access, parseS3Uri(uri))) chunks.push(chunk as Buffer)
  const manifest = readManifest(Buffer.concat(chunks).toString('utf8'))
  if (!manifest) return undefined
  const { bucket, key } = parseS3Uri(manifest.prefix)
  return manifest.paths.map((path) => ({ bucket, key: key + path, path: path.replace(/^\/+/, '') }))
}

export function readManifest(text: string): { prefix: string; paths: string[] } | undefined {
  try {
    const [head, ...paths] = JSON.parse(text) as [{ prefix: string }, ...string[]]
    if (typeof head.prefix !== 'string' || paths.some((path) => typeof path !== 'string')) return undefined
    return { prefix: head.prefix, paths }
  } catch {
    return undefined
  }
}

export async function getObject(
  { acting, origin, region }: S3Access,
  { bucket, key }: { bucket: string; key: string },
): Promise<Readable> {
  const input = { Bucket: bucket, Key: key }
  const { Body } = await acting.call<{ Body: Readable }>('s3', 'GetObject', input, origin, bucketHost(bucket, region))
  return Body
}

/** Writes an object; with `kmsKeyId`, under that key. */
export async function putObject(
  { acting, origin, region }: S3Access,
  { bucket, key }: { bucket: string; key: string },
  body: { Body: Readable | Buffer; ContentLength: number },
  kmsKeyId?: string,
): Promise<void> {
  const sealed = kmsKeyId ? { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: kmsKeyId } : {}
  const input = { Bucket: bucket, Key: key, ...body, ...sealed }
  await acting.call('s3', 'PutObject', input, origin, bucketHost(bucket, region))
}
