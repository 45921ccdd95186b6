import { isDeepFrozen } from '../store/freeze.ts'
import { cbor, writeCbor } from './cbor.ts'
import { json } from './document.ts'
import { eventStreamAnswer } from './event-stream.ts'
import { hostId } from './encode-error.ts'
import type { Identified } from './identify.ts'
import { type Model, model, type OperationModel } from './model.ts'
import type { HttpAnswer } from './request.ts'
import { declaration, encodeRest } from './rest.ts'
import { ec2Xml, queryXml, structureWriter } from './xml-write.ts'

type Output = Record<string, unknown>
type Encoder = (output: Output, requestId: string) => HttpAnswer

const cache = new WeakMap<OperationModel, Map<string, Encoder>>()

/** Dresses an output as its operation's protocol does. `$status` overrides the HTTP status. */
export function encode(identified: Identified, output: Output, requestId: string): HttpAnswer {
  let encoders = cache.get(identified.op)
  if (!encoders) {
    encoders = new Map()
    cache.set(identified.op, encoders)
  }
  let encoder = encoders.get(identified.protocol)
  if (!encoder) {
    encoder = makeEncoder(identified)
    encoders.set(identified.protocol, encoder)
  }
  return encoder(output, requestId)
}

function makeEncoder({ service, op, protocol }: Identified): Encoder {
  switch (protocol) {
    case 'json':
      return jsonEncoder(model(service), op)
    case 'smithy-rpc-v2-cbor':
      return cborEncoder(op)
    case 'query':
      return queryEncoder(model(service), op)
    case 'ec2':
      return ec2Encoder(model(service), op)
    case 'rest-json':
    case 'rest-xml':
      return restEncoder(op, protocol)
  }
}

const status = (op: OperationModel, output: Output): number =>
  typeof output['$status'] === 'number' ? output['$status'] : op.responseCode

function jsonEncoder(service: Model, op: OperationModel): Encoder {
  const streamed = op.output && [...op.output.members.values()].find(({ shape }) => shape.eventstream)
  if (op.output && streamed) return eventStreamAnswer(op.output, streamed)
  const encodeDocument = op.output && json.encoder(op.output)
  const type = `application/x-amz-json-${service.jsonVersion ?? '1.1'}`
  // Without an output shape the body of AWS's answer is empty.
  const text = encodeDocument ? ofFrozen((output) => JSON.stringify(encodeDocument(output as never))) : () => ''
  return (output, requestId) => ({
    status: status(op, output),
    headers: { 'Content-Type': type, 'x-amzn-RequestId': requestId },
    body: text(output),
  })
}

/** Remembers what was made of a document that nobody can change, which is what the store hands out. */
function ofFrozen(make: (output: Output) => string): (output: Output) => string {
  const made = new WeakMap<Output, string>()
  return (output) => {
    let text = made.get(output)
    if (text === undefined) {
      text = make(output)
      if (isDeepFrozen(output)) made.set(output, text)
    }
    return text
  }
}

function cborEncoder(op: OperationModel): Encoder {
  const encodeDocument = op.output && cbor.encoder(op.output)
  return (output, requestId) => ({
    status: status(op, output),
    headers: { 'Content-Type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor', 'x-amzn-RequestId': requestId },
    body: writeCbor(encodeDocument ? encodeDocument(output as never) : {}),
  })
}

function queryEncoder(service: Model, op: OperationModel): Encoder {
  const write = op.output && structureWriter(op.output, queryXml)
  const wrapper = op.resultWrapper ?? `${op.name}Result`
  const open = `<${op.name}Response xmlns="${service.xmlNamespace}">`
  return (output, requestId) => {
    const content = write ? write(output).content : ''
    const result = write ? (content === '' ? `<${wrapper}/>` : `<${wrapper}>${content}</${wrapper}>`) : ''
    return {
      status: status(op, output),
      headers: { 'Content-Type': 'text/xml', 'x-amzn-RequestId': requestId },
      body: `${open}${result}<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${op.name}Response>`,
    }
  }
}

function ec2Encoder(service: Model, op: OperationModel): Encoder {
  const write = op.output && structureWriter(op.output, ec2Xml)
  const open = `${declaration}<${op.name}Response xmlns="${service.xmlNamespace}/">`
  return (output, requestId) => ({
    status: status(op, output),
    headers: { 'Content-Type': 'text/xml;charset=UTF-8', 'x-amzn-RequestId': requestId },
    // An operation without a result says that it succeeded.
    body: `${open}<requestId>${requestId}</requestId>${write ? write(output).content : '<return>true</return>'}</${op.name}Response>`,
  })
}

function restEncoder(op: OperationModel, protocol: 'rest-json' | 'rest-xml'): Encoder {
  return (output, requestId) => {
    const answer = encodeRest(op, output, protocol)
    const ids: Record<string, string> =
      protocol === 'rest-xml'
        ? { 'x-amz-request-id': requestId, 'x-amz-id-2': hostId(requestId) }
        : { 'x-amzn-RequestId': requestId }
    const headers = { ...answer.headers, ...ids }
    // Neither an answer to HEAD nor 204 and 304 have a body.
    const bare = op.method === 'HEAD' || answer.status === 204 || answer.status === 304
    return bare || answer.body === undefined
      ? { status: answer.status, headers }
      : { status: answer.status, headers, body: answer.body }
  }
}
