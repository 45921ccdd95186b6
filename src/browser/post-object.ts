import type { Caller } from '../door/call.ts'
import { checkedBody } from '../door/checksum-body.ts'
import { translated, type Arrival } from '../door/door.ts'
import { places } from '../door/hosts.ts'
import { anonymous, type Identity } from '../door/identity.ts'
import { findCredential } from '../services/iam/credentials.ts'
import { AwsError } from '../wire/aws-error.ts'
import { decode } from '../wire/decode.ts'
import { encodeError, hostId } from '../wire/encode-error.ts'
import { errorStyle, virtualHostBucket } from '../wire/identify.ts'
import { model } from '../wire/model.ts'
import type { HttpAnswer, HttpRequest } from '../wire/request.ts'
import { declaration } from '../wire/rest.ts'
import { percentDecode } from '../wire/form.ts'
import { escapeText } from '../wire/xml-write.ts'
import type { World } from '../world.ts'
import { asPut } from './post-fields.ts'
import { readPostForm, type PostField, type PostForm } from './post-form.ts'
import { holdToPolicy, parsePostPolicy, type SizeRange } from './post-policy.ts'
import { isSignedForm, verifyForm, wanted, type PostSigner } from './post-signature.ts'

/**
 * POST Object (S3 API Reference): the form is translated to a PutObject by whoever signed it, which goes through the door as
 * any other does; the form's own policy narrows it beforehand.
 */
export async function servePostObject(world: World, arrival: Arrival): Promise<HttpAnswer> {
  const { request } = arrival
  try {
    const { bucket, key: inPath } = placeOf(request)
    const {
      request: put,
      key,
      fields,
      input,
      whose,
    } = await onRecord(world, arrival, async () => {
      if (inPath) throw notHere(request)
      return prepare(world, request, bucket, await readPostForm(request, arrival.body))
    })
    const asked = {
      service: 's3',
      operation: 'PutObject',
      input,
      place: 's3',
      host: places['s3']!.host(world.config.region),
    }
    const done = await translated<{ ETag: string }>(world, { ...arrival, request: put }, asked, whose)
    return answerOf(arrival, bucket, key, fields, done.output.ETag, done.requestId)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    const { requestId = '' } = error
    return encodeError({ ...errorStyle(request), protocol: 'rest-xml', service: 's3' }, error, requestId, {
      'x-sallyport-explain': `./sallyport explain ${requestId}`,
    })
  }
}

/** A form that cannot be read is a call that was refused, and recorded as such. */
async function onRecord<T>(world: World, arrival: Arrival, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    await translated(world, arrival, undefined, () => {
      throw error
    })
    throw error
  }
}

interface Prepared {
  /** The PUT that it stands for. */
  request: HttpRequest
  key: string
  fields: PostForm['fields']
  input: Record<string, unknown>
  whose: () => Identity
}

/** The call that a form means. What is wrong with the form comes up when it is asked whose it is, and so on record. */
function prepare(world: World, posted: HttpRequest, bucket: string, { fields, file, filename }: PostForm): Prepared {
  const request = asPut(posted, fields)
  const key = (fields.get('key')?.value ?? '').replaceAll('${filename}', () => filename)
  const range: SizeRange = { least: 0, most: Number.POSITIVE_INFINITY }
  const op = model('s3').operation('PutObject')!
  const identified = {
    service: 's3',
    operation: 'PutObject',
    protocol: 'rest-xml',
    op,
    labels: { Bucket: bucket, Key: key },
  } as const
  const { body } = checkedBody(request, [], { payload: undefined, seed: undefined })
  const input = decode(identified, request, body(within(file, range)))
  return {
    request,
    key,
    fields,
    input,
    whose: () => {
      wanted(fields, 'key')
      if (!isSignedForm(fields)) return identityOf(world, undefined)
      const now = world.now()
      const signer = verifyForm(fields, (id) => findCredential(world.store, id, now), now)
      Object.assign(range, holdToPolicy(parsePostPolicy(fields.get('policy')!.value), fields, bucket, now))
      return identityOf(world, signer)
    },
  }
}

function identityOf(world: World, signer: PostSigner | undefined): Identity {
  const caller: Caller = signer?.credential.caller ?? anonymous
  return {
    caller,
    account: signer ? caller.account : world.config.account,
    region: signer?.region ?? world.config.region,
    body: (source) => source,
    ...(signer
      ? {
          signature: {
            authType: 'POST',
            version: signer.version,
            ageMs: signer.signedAt === undefined ? 0 : Math.max(0, world.now() - signer.signedAt),
          },
        }
      : {}),
  }
}

async function* within(file: AsyncIterable<Uint8Array>, range: SizeRange): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of file) {
    size += chunk.length
    if (size > range.most) {
      throw new AwsError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', 400, {
        ProposedSize: String(size),
        MaxSizeAllowed: String(range.most),
      })
    }
    yield chunk
  }
  if (size < range.least) {
    throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', 400, {
      ProposedSize: String(size),
      MinSizeAllowed: String(range.least),
    })
  }
}

function placeOf(request: HttpRequest): { bucket: string; key: boolean } {
  const host = virtualHostBucket(request)
  const [, first = '', rest = ''] = /^\/([^/]*)\/?(.*)$/s.exec(request.path) ?? []
  if (host !== undefined) return { bucket: host, key: first !== '' }
  return { bucket: percentDecode(first), key: rest !== '' || first === '' }
}

function notHere({ method }: HttpRequest): AwsError {
  return new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405, {
    Method: method,
    ResourceType: 'OBJECT',
  })
}

/** success_action_redirect, success_action_status, or 204. */
function answerOf(
  { request, secure }: Arrival,
  bucket: string,
  key: string,
  fields: ReadonlyMap<string, PostField>,
  etag: string,
  requestId: string,
): HttpAnswer {
  const base = `http${secure ? 's' : ''}://${request.headers.get('host') ?? ''}`
  const folder = virtualHostBucket(request) === undefined ? `/${bucket}` : ''
  const location = `${base}${folder}/${encodeURIComponent(key)}`
  const headers = { 'x-amz-request-id': requestId, 'x-amz-id-2': hostId(requestId), ETag: etag, Location: location }
  const redirect = redirectOf(fields, bucket, key, etag)
  if (redirect !== undefined) return { status: 303, headers: { ...headers, Location: redirect } }
  const status = fields.get('success_action_status')?.value
  if (status === '200') return { status: 200, headers }
  if (status !== '201') return { status: 204, headers }
  const parts = { Location: location, Bucket: bucket, Key: key, ETag: etag }
  const elements = Object.entries(parts).map(([name, value]) => `<${name}>${escapeText(value)}</${name}>`)
  return {
    status: 201,
    headers: { ...headers, 'Content-Type': 'application/xml' },
    body: `${declaration}<PostResponse>${elements.join('')}</PostResponse>`,
  }
}

/** "If the value cannot be interpreted as a URL, Amazon S3 acts as if the field is not present." */
function redirectOf(
  fields: ReadonlyMap<string, PostField>,
  bucket: string,
  key: string,
  etag: string,
): string | undefined {
  const to = (fields.get('success_action_redirect') ?? fields.get('redirect'))?.value
  if (to === undefined || !URL.canParse(to) || !/^https?:/i.test(to)) return undefined
  const url = new URL(to)
  url.searchParams.set('bucket', bucket)
  url.searchParams.set('key', key)
  url.searchParams.set('etag', etag)
  return url.href
}
