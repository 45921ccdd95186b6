import type { Call, Need, Permit } from '../door/call.ts'
import type { Shape } from '../wire/shape.ts'

/** One AWS operation: what must be allowed, as data, and the deed. */
export interface Operation<I = never, O = unknown> {
  readonly service: string
  readonly name: string
  /**
   * Few have it: looks into what the request brings along to prove itself, such as an identity provider's token, before
   * anything is decided. May wait for others; may not change anything. Its outcome goes to `needs` and `perform`.
   */
  evidence?(input: I, call: Call): Promise<unknown>
  /**
   * Every authorization check of the call, in AWS's order. Pure reading: it may look into the store, never change it.
   * An empty list means that AWS asks for no permission (sts:GetCallerIdentity); say so where it stands.
   */
  needs(input: I, call: Call, evidence?: unknown): Need[]
  perform(input: I, permit: Permit, evidence?: unknown): O | Promise<O>
}

/** Declares an operation. `I` and `O` are the SDK's command types; see wire/shape.ts for what becomes of them. */
export function operation<I, O>(
  service: string,
  name: string,
  parts: {
    needs(input: Shape<I>, call: Call): Need[]
    perform(input: Shape<I>, permit: Permit): Shape<O> | Promise<Shape<O>>
  },
): Operation<Shape<I>, Shape<O>> {
  return { service, name, ...parts }
}

/** Declares an operation that is decided on evidence of type `E`. */
export function operationOnEvidence<I, O, E>(
  service: string,
  name: string,
  parts: {
    evidence(input: Shape<I>, call: Call): Promise<E>
    needs(input: Shape<I>, call: Call, evidence: E): Need[]
    perform(input: Shape<I>, permit: Permit, evidence: E): Shape<O> | Promise<Shape<O>>
  },
): Operation<Shape<I>, Shape<O>> {
  return { service, name, ...parts }
}
