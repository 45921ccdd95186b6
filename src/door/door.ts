import type { Readable } from 'node:stream'
import type { ContextValues } from '../policy/types.ts'
import { recordAccess } from '../services/iam/last-accessed.ts'
import { findOperation } from '../services/registry.ts'
import { requestCharged } from '../services/s3/request-charged.ts'
import { keepToSession } from '../services/sts/session-limits.ts'
import { AwsError } from '../wire/aws-error.ts'
import { decode, streamsBody } from '../wire/decode.ts'
import { encodeError } from '../wire/encode-error.ts'
import { encode } from '../wire/encode.ts'
import { bodyFirst, errorStyle, identify, type Identified } from '../wire/identify.ts'
import { model } from '../wire/model.ts'
import type { HttpAnswer, HttpRequest } from '../wire/request.ts'
import { validate } from '../wire/validate.ts'
import type { World } from '../world.ts'
import { credentialHint } from './authenticate.ts'
import { authorize } from './authorize.ts'
import { bodyLimit, readBody, readWhole, unzipped, type Body } from './body.ts'
import type { Call, Caller, Origin } from './call.ts'
import { withHoistedHeaders } from './hoisted-headers.ts'
import { identityOf, type Identity } from './identity.ts'
import { actingCaller } from './actor.ts'
import { locate, Unreachable } from './locate.ts'
import { begin, failed, recordedCaller, succeeded, type Record } from './record.ts'

/** Credentials as STS or IAM hand them out. */
export interface Credentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
}

export interface ServiceActor {
  service: string
  sourceArn?: string
  sourceAccount?: string
  /** Condition keys that a session carries which it gets. */
  vouchesFor?: ContextValues
}

/** Who makes an in-process call. */
export type Actor =
  /** An ordinary principal; its credentials are checked as any others. */
  | { credentials: Credentials }
  /** One of AWS's own services, acting for a resource of someone's. */
  | ServiceActor
  /** Forward access: a service goes on in the caller's own name (aws:CalledVia). */
  | { caller: Caller; via: string }

export interface InnerCall {
  service: string
  operation: string
  input: Members
  as: Actor
  origin: Origin
  /** Host that the network model routes to; defaults to the service's own. */
  host?: string
  region?: string
  onBehalfOf?: string
}

type Members = { [member: string]: unknown }

export interface Door {
  /** Work by a service or a job: the same stages as a call over HTTP, with typed input and output. Rejects with AwsError or Unreachable. */
  call<O = Members>(call: InnerCall): Promise<O>
}

/** One HTTP request as the listener took it in; `origin` is told by the socket that accepted it, never by a header. */
export interface Arrival {
  request: HttpRequest
  body: Readable
  origin: Origin
  secure: boolean
  /** `1.3`; undefined where it came in the clear. */
  tlsVersion?: string | undefined
}

/** A call on its way through the door: who it is from, what it asks, and how it came. */
interface Visit {
  record: Record
  identified: Identified
  input: Members
  identity: Identity
  origin: Origin
  secure: boolean
  tlsVersion?: string | undefined
  request?: HttpRequest
  host?: string
  /** Whose endpoints it may come by, where those are not the service's own (hosts.ts). */
  place?: string
  onBehalfOf?: string
}

/** A call over HTTP: parse → authenticate → (locate → authorize → perform) → record. Rejects only with Unreachable: then nothing is answered. */
export async function enter(world: World, arrival: Arrival): Promise<HttpAnswer> {
  const { request: signed, origin, secure, tlsVersion } = arrival
  const request = withHoistedHeaders(signed)
  const record = begin(world, origin)
  let form: Body | undefined
  try {
    if (bodyFirst(request)) form = await readBody(request, arrival.body)
    const identified = identify(request, form?.bytes.toString('utf8'))
    name(record, identified)
    // S3 signs what it streams: there the signature is checked before a byte is read, elsewhere the body is part of it.
    const body = form ?? (identified.service === 's3' ? undefined : await readBody(request, arrival.body))
    const early = body && decode(identified, request, unzipped(request, body.bytes))

    record.stage = 'authenticate'
    const identity = identityOf(world, signed, identified, body?.sha256, early)
    known(record, identity)
    const input = early ?? (await decodeSigned(identified, request, identity.body(arrival.body)))

    const output = await pass(world, { record, identified, input, identity, origin, secure, tlsVersion, request })
    const charged = requestCharged(world.store, request, identified, identity.caller)
    const answer = encode(
      identified,
      charged.RequestCharged ? { ...output, ...charged } : output,
      record.trace.requestId,
    )
    succeeded(world, record, answer.status)
    return answer
  } catch (error) {
    const answer = failed(world, record, error)
    if (error instanceof Unreachable) throw error
    return encodeError(
      errorStyle(request, form?.bytes.toString('utf8')),
      answer,
      record.trace.requestId,
      hints(request, answer),
    )
  }
}

/** What a request in another protocol's words comes to (src/registry): an operation, and where its client found us. */
export interface Translation {
  service: string
  operation: string
  input: Members
  place: string
  host: string
}

/** The output of a translated call, and the id that it is recorded under. */
export interface Translated<O> {
  output: O
  requestId: string
}

/**
 * A request that was translated to an operation: it proves who it is in its own protocol's way, and then goes the way of all.
 * Without an operation it is only asked who it is. Rejects with AwsError or Unreachable.
 */
export async function translated<O = Members>(
  world: World,
  { request, origin, secure, tlsVersion }: Omit<Arrival, 'body'>,
  asked: Translation | undefined,
  whose: () => Identity,
): Promise<Translated<O>> {
  const record = begin(world, origin)
  const { requestId } = record.trace
  try {
    const identified = asked && named(asked.service, asked.operation)
    if (identified) name(record, identified)
    record.stage = 'authenticate'
    const identity = whose()
    known(record, identity)
    const output =
      asked && identified
        ? await pass(world, {
            record,
            identified,
            input: asked.input,
            identity,
            origin,
            secure,
            tlsVersion,
            request,
            host: asked.host,
            place: asked.place,
          })
        : {}
    succeeded(world, record, 200)
    return { output: output as O, requestId }
  } catch (error) {
    const answer = failed(world, record, error)
    throw error instanceof Unreachable ? error : answer
  }
}

/** A call from within, by a job or a service: it differs only in how it proves who it is. */
export async function call<O>(world: World, inner: InnerCall): Promise<O> {
  const record = begin(world, inner.origin, inner.onBehalfOf)
  try {
    const identified = named(inner.service, inner.operation)
    name(record, identified)
    record.stage = 'authenticate'
    const identity = actingCaller(world, inner)
    known(record, identity)
    const { input, origin, host, onBehalfOf } = inner
    const output = await pass(world, {
      record,
      identified,
      input,
      identity,
      origin,
      secure: true,
      ...(host ? { host } : {}),
      ...(onBehalfOf ? { onBehalfOf } : {}),
    })
    succeeded(world, record, 200)
    return output as O
  } catch (error) {
    const answer = failed(world, record, error)
    if (error instanceof Unreachable) error.requestId = record.trace.requestId
    throw error instanceof Unreachable ? error : answer
  }
}

/** What every call goes through, and the only place that calls `perform`. */
async function pass(world: World, visit: Visit): Promise<Members> {
  const { record, identified, input, identity, origin } = visit
  const { trace } = record
  keepToSession(identity.caller, identified.service, identified.operation)
  const found = findOperation(identified.service, identified.operation)
  const operation = found instanceof Promise ? await found : found

  record.stage = 'locate'
  const to = { service: visit.place ?? identified.service, account: identity.account, region: identity.region }
  const way = locate(world, origin, visit.host ? { ...to, host: visit.host } : to)
  trace.way = way

  record.stage = 'parse'
  if (!operation) throw notBuilt(identified)
  validate(identified, input)
  const visitCall = makeCall(world, visit, way)
  let evidence: unknown
  if (operation.evidence) {
    record.stage = 'authenticate'
    evidence = await operation.evidence(input as never, visitCall)
    record.stage = 'parse'
  }
  // What an operation refuses before it knows its needs is a request that means nothing, not a right that is missing.
  const { store } = world
  const before = store.revision
  const needs = operation.needs(input as never, visitCall, evidence)
  recordAccess(visitCall, needs)

  record.stage = 'authorize'
  const permit = authorize(visitCall, needs, trace.needs)

  record.stage = 'perform'
  try {
    return (await operation.perform(input as never, permit, evidence)) as Members
  } finally {
    // Whoever is told of a change can rely on it.
    record.changed = store.revision !== before
    if (record.changed) await store.durable()
  }
}

function makeCall(world: World, visit: Visit, way: Call['way']): Call {
  const { record, identified, identity, origin, secure, tlsVersion, request, onBehalfOf } = visit
  const { calledVia, signature } = identity
  return {
    requestId: record.trace.requestId,
    service: identified.service,
    operation: identified.operation,
    caller: identity.caller,
    origin,
    way,
    account: identity.account,
    region: identity.region,
    time: record.trace.time,
    secure,
    userAgent:
      request?.headers.get('user-agent') ?? calledVia?.at(-1) ?? identity.caller.service ?? 'sagemaker.amazonaws.com',
    world,
    ...(onBehalfOf === undefined ? undefined : { onBehalfOf }),
    ...(calledVia && { calledVia }),
    ...(signature && { signature }),
    ...(tlsVersion === undefined ? undefined : { tlsVersion }),
    header: (key) => request?.headers.get(key),
  }
}

/** S3: the body counts as read once its signature and checksums held; streaming members stay streams. */
async function decodeSigned(
  identified: Identified,
  request: HttpRequest,
  body: AsyncIterable<Uint8Array>,
): Promise<Members> {
  return decode(identified, request, streamsBody(identified) ? body : await readWhole(body, bodyLimit(request)))
}

function known(record: Record, { caller, account, region }: Identity): void {
  record.trace.caller = recordedCaller(caller)
  record.trace.account = account
  record.trace.region = region
}

/** What an operation called from within is, without a request to tell it by. */
function named(service: string, operation: string): Identified {
  const op = model(service).operation(operation)
  if (!op) throw new Error(`no operation ${service}:${operation}`)
  return { service, operation, protocol: model(service).protocol, op }
}

/** Beside AWS's sentence, never in it: where the explanation is, and a word to those who bring another emulator's key. */
function hints(request: HttpRequest, answer: AwsError): { [header: string]: string } {
  const hint = credentialHint(request)
  return {
    ...(answer.requestId ? { 'x-sallyport-explain': `./sallyport explain ${answer.requestId}` } : {}),
    ...(hint ? { 'x-sallyport-hint': hint } : {}),
  }
}

function name(record: Record, identified: Identified): void {
  record.trace.service = identified.service
  record.trace.operation = identified.operation
}

/** An operation of AWS's that is not built here: 501, never an allow (design.md). */
function notBuilt(identified: Identified): AwsError {
  return new AwsError(
    'NotImplemented',
    `${identified.service}:${identified.operation} is not built in Sallyport yet; nothing was done.`,
    501,
  )
}
