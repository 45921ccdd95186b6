/**
 * DNS messages on the wire (RFC 1035; EDNS of RFC 6891): what a resolver's question says, and how an answer is packed.
 * dns-packet reads and writes the parts. The question is answered with its own bytes, so that a client that mixes upper
 * and lower case finds its mixture again; and the names of records are compressed, which dns-packet does not do.
 */
import { decode, encode } from 'dns-packet'
import type { Answer } from 'dns-packet'

export const rcodes = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5, BADVERS: 16 } as const
export type Rcode = keyof typeof rcodes

export interface Query {
  /** The 12 bytes of its header. */
  readonly header: Buffer
  /** Bytes of its question; empty when it could not be read. */
  readonly question: Buffer
  /** Lower case, without the last dot; the root is the empty text. What no host name holds (a dot inside a label, …) is a NUL. */
  readonly name: string
  readonly type: number
  readonly class: number
  /** Undefined: the client knows no EDNS. */
  readonly edns: { readonly version: number; readonly payload: number; readonly dnssecOk: boolean } | undefined
}

export interface Reply {
  readonly rcode: Rcode
  readonly answers?: readonly Answer[]
  readonly authorities?: readonly Answer[]
}

const HEADER = 12
const RESPONSE = 0x8000
const OPCODE = 0x7800
const TRUNCATED = 0x0200
const RECURSION_AVAILABLE = 0x0080
/** Recursion desired, checking disabled: these come back as they were sent. */
const ECHOED = OPCODE | 0x0110
/** What the resolver itself takes over UDP (inferred: 4096, as its OPT records say). */
const PAYLOAD = 4096
const PAYLOAD_WITHOUT_EDNS = 512
const DNSSEC_OK = 0x8000

const flagsOf = (header: Buffer): number => header.readUInt16BE(2)

/** What a packet asks, or why it is refused; undefined for what must not be answered: no whole header, or itself an answer. */
export function parseQuery(packet: Buffer): Query | { refused: Query; rcode: Rcode } | undefined {
  if (packet.length < HEADER) return undefined
  const header = packet.subarray(0, HEADER)
  if (flagsOf(header) & RESPONSE) return undefined
  const empty: Query = { header, question: packet.subarray(0, 0), name: '', type: 0, class: 0, edns: undefined }
  if (flagsOf(header) & OPCODE) return { refused: empty, rcode: 'NOTIMP' }
  const [questions, answers, authorities, additionals] = [4, 6, 8, 10].map((at) => header.readUInt16BE(at))
  // Two more records at most, EDNS and a signature: a packet full of pointers must not keep the server busy.
  const shaped = questions === 1 && answers === 0 && authorities === 0 && additionals! <= 2
  const asked = shaped ? questionOf(packet) : undefined
  if (!asked) return { refused: empty, rcode: 'FORMERR' }
  try {
    const options = (decode(packet).additionals ?? []).filter((record) => record.type === 'OPT')
    if (options.length > 1) return { refused: empty, rcode: 'FORMERR' }
    const [option] = options
    const edns = option && {
      version: option.ednsVersion,
      payload: option.udpPayloadSize,
      dnssecOk: (option.flags & DNSSEC_OK) !== 0,
    }
    const query: Query = { header, ...asked, edns }
    return edns && edns.version > 0 ? { refused: query, rcode: 'BADVERS' } : query
  } catch {
    return { refused: empty, rcode: 'FORMERR' }
  }
}

/** The one question of a packet. Its name comes first in the packet, so there is nothing that it could point back to. */
function questionOf(packet: Buffer): Pick<Query, 'question' | 'name' | 'type' | 'class'> | undefined {
  const labels: string[] = []
  let at = HEADER
  for (let length = packet[at]; length !== 0; length = packet[at]) {
    if (length === undefined || length > 63 || at + length - HEADER > 253) return undefined
    labels.push(packet.toString('latin1', at + 1, at + 1 + length))
    at += length + 1
  }
  const end = at + 5
  if (end > packet.length) return undefined
  return {
    question: packet.subarray(HEADER, end),
    name: labels.map((label) => label.replace(/[^!-~]|\./g, '\0').toLowerCase()).join('.'),
    type: packet.readUInt16BE(at + 1),
    class: packet.readUInt16BE(at + 3),
  }
}

/** The answer's bytes. Over UDP an answer that does not fit goes out empty and marked, so that the client asks again over TCP. */
export function packReply(query: Query, reply: Reply, transport: 'udp' | 'tcp'): Buffer {
  const limit =
    transport === 'tcp' ? 0xffff : Math.min(PAYLOAD, Math.max(PAYLOAD_WITHOUT_EDNS, query.edns?.payload ?? 0))
  const whole = pack(query, reply, 0)
  return whole.length <= limit ? whole : pack(query, { rcode: reply.rcode }, TRUNCATED)
}

function pack(query: Query, { rcode, answers = [], authorities = [] }: Reply, flags: number): Buffer {
  const header = Buffer.from(query.header)
  const code = rcodes[rcode]
  const own = RESPONSE | RECURSION_AVAILABLE | flags | (code & 15)
  header.writeUInt16BE((flagsOf(query.header) & ECHOED) | own, 2)
  const counts = [query.question.length > 0 ? 1 : 0, answers.length, authorities.length, query.edns ? 1 : 0]
  counts.forEach((count, index) => header.writeUInt16BE(count, 4 + index * 2))
  const parts = [header, query.question]
  let at = HEADER + query.question.length
  const places = new Map<string, number>()
  if (query.question.length > 0) note(places, query.name, HEADER)
  for (const record of [...answers, ...authorities]) {
    const bytes = compressed(record, places, at)
    parts.push(bytes)
    at += bytes.length
  }
  if (query.edns) parts.push(optionRecord(code >> 4, query.edns.dnssecOk))
  return Buffer.concat(parts)
}

/** Where each ending of a name stands whose first label is at `at`; pointers reach 14 bits far. */
function note(places: Map<string, number>, name: string, at: number): void {
  if (name === '') return
  for (let start = 0; ; start = name.indexOf('.', start) + 1) {
    const ending = name.slice(start)
    if (at + start < 0x4000 && !places.has(ending)) places.set(ending, at + start)
    if (!ending.includes('.')) return
  }
}

/** A record with a pointer in place of the known ending of its name. */
function compressed(record: Answer, places: Map<string, number>, at: number): Buffer {
  const bytes = encode({ type: 'response', answers: [record] }).subarray(HEADER)
  const name = record.name.toLowerCase().replace(/\.$/, '')
  let kept = 0
  let rest = name
  while (rest !== '' && !places.has(rest)) {
    kept += bytes[kept]! + 1
    rest = rest.slice(rest.indexOf('.') + 1 || rest.length)
  }
  const pointer = Buffer.alloc(rest === '' ? 0 : 2)
  if (rest !== '') pointer.writeUInt16BE(0xc000 | places.get(rest)!)
  const owner = name === '' ? 1 : Buffer.byteLength(name) + 2
  // A name without a known ending keeps its closing zero.
  const packed = Buffer.concat([bytes.subarray(0, rest === '' ? owner : kept), pointer, bytes.subarray(owner)])
  note(places, name, at)
  const rdata = at + packed.length - (bytes.length - owner) + 10
  if (record.type === 'CNAME') note(places, record.data.toLowerCase(), rdata)
  return packed
}

function optionRecord(extendedRcode: number, dnssecOk: boolean): Buffer {
  const flags = dnssecOk ? DNSSEC_OK : 0
  return encode({
    type: 'response',
    additionals: [
      {
        name: '.',
        type: 'OPT',
        udpPayloadSize: PAYLOAD,
        extendedRcode,
        ednsVersion: 0,
        flags,
        flag_do: dnssecOk,
        options: [],
      },
    ],
  }).subarray(HEADER)
}
