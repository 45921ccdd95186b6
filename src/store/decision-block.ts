import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { DecisionTrace, NeedTrace } from '../door/trace.ts'

/**
 * How records lie in the log: a block of them as JSON, what they share — the caller, the way, what a layer of policies
 * said — written once, and a number in its place. Sharing is by identity, as the records are made (docs/decisions/0009).
 */
interface Packed {
  shared: unknown[]
  traces: unknown[]
}

/** Shorter blocks are kept as they are. */
const DEFLATE_FROM_BYTES = 2048
/** A zero byte marks what is deflated; JSON begins with a bracket. */
const DEFLATED = Buffer.of(0)

export function pack(traces: readonly DecisionTrace[]): Uint8Array {
  const shared: unknown[] = []
  const places = new Map<unknown, number>()
  const placeOf = (value: unknown): number => {
    let place = places.get(value)
    if (place === undefined) {
      place = shared.push(value) - 1
      places.set(value, place)
    }
    return place
  }
  const packed: Packed = {
    traces: traces.map((trace) => ({
      ...trace,
      ...(trace.caller && { caller: placeOf(trace.caller) }),
      ...(trace.way && { way: placeOf(trace.way) }),
      needs: trace.needs.map((need) => ({
        ...need,
        decision: { ...need.decision, layers: need.decision.layers.map(placeOf) },
      })),
    })),
    shared,
  }
  const json = Buffer.from(JSON.stringify(packed))
  return json.length < DEFLATE_FROM_BYTES ? json : Buffer.concat([DEFLATED, deflateRawSync(json, { level: 1 })])
}

export function unpack(body: Uint8Array): DecisionTrace[] {
  const json = body[0] === DEFLATED[0] ? inflateRawSync(body.subarray(1)) : Buffer.from(body)
  const packed = JSON.parse(json.toString('utf8')) as Packed | DecisionTrace[]
  // Data folders of before this form hold the records as they are.
  if (Array.isArray(packed)) return packed
  const { shared } = packed
  const at = (place: unknown) => shared[place as number]
  return (packed.traces as DecisionTrace[]).map((trace) => {
    const whole: DecisionTrace = { ...trace, needs: trace.needs.map((need) => unpackNeed(need, at)) }
    if (trace.caller !== undefined) whole.caller = at(trace.caller) as NonNullable<DecisionTrace['caller']>
    if (trace.way !== undefined) whole.way = at(trace.way) as NonNullable<DecisionTrace['way']>
    return whole
  })
}

function unpackNeed(need: NeedTrace, at: (place: unknown) => unknown): NeedTrace {
  const layers = need.decision.layers.map(at) as NeedTrace['decision']['layers']
  return { ...need, decision: { ...need.decision, layers } }
}
