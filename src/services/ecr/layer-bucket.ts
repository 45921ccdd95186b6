import type { Call } from '../../door/call.ts'
import { canonicalQuery } from '../../door/sigv4-encode.ts'
import type { Parameter } from '../../door/sigv4-encode.ts'
import { formatBasicDate } from '../../door/sigv4-date.ts'
import { algorithm, canonicalRequest, scopeText, sign, signingKey, stringToSign } from '../../door/sigv4.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { World } from '../../world.ts'
import { findEntity, iamArn, saveEntity } from '../iam/entities.ts'
import type { Role } from '../iam/entities.ts'
import { accessKeyId, secretAccessKey, sessionToken, uniqueId } from '../iam/ids.ts'
import { BUCKETS, bucketArn, findBucket } from '../s3/bucket.ts'
import type { Bucket } from '../s3/bucket.ts'
import { OBJECTS, objectKey } from '../s3/object.ts'
import type { StoredObject } from '../s3/object.ts'
import { saveSession } from '../sts/sessions.ts'
import type { Session } from '../sts/sessions.ts'
import { registryHost } from './repository.ts'
import type { RepositoryId } from './repository.ts'
import { bytesOfLayer, type Layer } from './layer.ts'
import type { LayerContent } from './layer-content.ts'

/**
 * Layers are downloaded from Amazon S3, as on AWS: from `prod-REGION-starport-layer-bucket`, by a presigned URL of ECR's
 * own (Amazon ECR User Guide, "Create the Amazon S3 gateway endpoint"). So a download that comes through a gateway
 * endpoint meets that endpoint's policy like any other.
 */

/** The account that stands for the service itself. */
const ECR_ACCOUNT = '000000000000'
const READER = 'ecr-layer-reader'

/** AWS's URLs live an hour. */
const LIFETIME_SECONDS = 3600

const bucketName = (region: string) => `prod-${region}-starport-layer-bucket`

const keyOf = (id: RepositoryId, layerDigest: string) =>
  `${id.account}/${id.name}/${layerDigest.replace('sha256:', '')}`

/** A URL by which the holder may download one layer for an hour, and nothing else. */
export function presignLayer(call: Call, id: RepositoryId, layer: Layer): string {
  const { world } = call
  const bucket = bucketName(id.region)
  const key = keyOf(id, layer.layerDigest)
  const session = world.store.transaction(() => {
    ensureBucket(world, id.region)
    world.store.put<StoredObject>(
      OBJECTS,
      objectKey(bucket, key),
      objectOf(bytesOfLayer(world, layer.layerDigest), call.time),
    )
    const made = sessionFor(world, ensureReader(world), `${bucketArn(bucket)}/${key}`, call.time)
    saveSession(world.store, made, call.time)
    return made
  })
  return presignedUrl(urlOf(call, bucket, key), session, id.region, call.time)
}

/** Takes a layer's object away; its bytes belong to the layer. */
export function unpublishLayer(world: World, id: RepositoryId, layerDigest: string): void {
  world.store.delete(OBJECTS, objectKey(bucketName(id.region), keyOf(id, layerDigest)))
}

/** Bucket names are anyone's; ECR shares one with nobody. */
function ensureBucket(world: World, region: string): void {
  const name = bucketName(region)
  const bucket = findBucket(world.store, name)
  if (bucket && bucket.account !== ECR_ACCOUNT)
    throw new AwsError('ServerException', `The bucket ${name} of Amazon ECR belongs to somebody else`, 500)
  if (!bucket)
    world.store.put<Bucket>(BUCKETS, name, { name, account: ECR_ACCOUNT, region, createdAt: world.now() / 1000 })
}

function objectOf(bytes: LayerContent, time: number): StoredObject {
  return {
    bytes,
    etag: bytes.sha256,
    lastModified: time / 1000,
    headers: { ContentType: 'application/octet-stream' },
    metadata: {},
  }
}

/** The role whose sessions sign the URLs. Its own policy allows any layer; each session's only one. */
function ensureReader(world: World): Role {
  const existing = findEntity(world.store, 'role', ECR_ACCOUNT, READER)
  if (existing) return existing
  const role: Role = {
    type: 'role',
    account: ECR_ACCOUNT,
    name: READER,
    path: '/',
    id: uniqueId(world, 'AROA'),
    arn: iamArn(ECR_ACCOUNT, 'role', '/', READER),
    createDate: Math.floor(world.now() / 1000),
    tags: [],
    inline: [{ name: 'layers', text: allowRead('arn:aws:s3:::prod-*-starport-layer-bucket/*') }],
    attached: [],
    maxSessionDuration: LIFETIME_SECONDS,
    trust: { text: TRUST, principals: {} },
  }
  saveEntity(world.store, role)
  return role
}

const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ecr.amazonaws.com' }, Action: 'sts:AssumeRole' }],
})

const allowRead = (resource: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: resource }],
  })

function sessionFor(world: World, role: Role, objectArn: string, time: number): Session {
  return {
    accessKeyId: accessKeyId(world, 'ASIA'),
    secretAccessKey: secretAccessKey(world),
    sessionToken: sessionToken(world),
    account: role.account,
    roleName: role.name,
    roleId: role.id,
    sessionName: 'ecr.amazonaws.com',
    issuedAt: time,
    expiresAt: (Math.floor(time / 1000) + LIFETIME_SECONDS) * 1000,
    tags: [],
    transitiveTagKeys: [],
    policies: [{ id: 'session-policy', managed: false, text: allowRead(objectArn) }],
  }
}

/**
 * Where the caller finds the bucket: under its own name where callers use AWS's names, else at the very address that
 * this call came to, as that is all the caller knows of us.
 */
function urlOf(call: Call, bucket: string, key: string): URL {
  const { config } = call.world
  // An address that stands for an endpoint of ECR's serves ECR: S3 is at the server's own.
  const host = call.origin.kind === 'endpoint-address' ? `${config.host}:${config.port}` : call.header('host')
  if (host === undefined || /\.amazonaws\.com(?:\.cn)?(?::\d+)?$/.test(host)) {
    const suffix = registryHost({ account: '', region: call.region }).split('.ecr.')[1] ?? ''
    return new URL(`https://${bucket}.s3.${suffix}/${key}`)
  }
  return new URL(`${call.secure ? 'https' : 'http'}://${host}/${bucket}/${key}`)
}

/** A GET by query (Amazon S3 API Reference, "Authenticating Requests: Using Query Parameters"). */
function presignedUrl(url: URL, session: Session, region: string, time: number): string {
  const timestamp = formatBasicDate(time)
  const scope = { date: timestamp.slice(0, 8), region, service: 's3' }
  const parameters: Parameter[] = [
    ['X-Amz-Algorithm', algorithm],
    ['X-Amz-Credential', `${session.accessKeyId}/${scopeText(scope)}`],
    ['X-Amz-Date', timestamp],
    ['X-Amz-Expires', String(LIFETIME_SECONDS)],
    ['X-Amz-Security-Token', session.sessionToken],
    ['X-Amz-SignedHeaders', 'host'],
  ]
  const request = {
    method: 'GET',
    path: url.pathname,
    query: '',
    headers: new Map([['host', url.host]]),
    rawHeaders: ['host', url.host],
  }
  const canonical = canonicalRequest(request, {
    path: url.pathname,
    parameters,
    signedHeaders: ['host'],
    payload: 'UNSIGNED-PAYLOAD',
  })
  const signature = sign(
    signingKey(session.secretAccessKey, scope),
    stringToSign(timestamp, scopeText(scope), canonical),
  )
  return `${url.origin}${url.pathname}?${canonicalQuery(parameters)}&X-Amz-Signature=${signature}`
}
