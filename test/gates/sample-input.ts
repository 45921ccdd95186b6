import assert from 'node:assert/strict'
import fc from 'fast-check'
import { violations } from '../../src/wire/constraints.ts'
import { model, type MemberModel, type ShapeModel } from '../../src/wire/model.ts'
import { compilePattern } from '../../src/wire/pattern.ts'

/**
 * Valid input for any operation, made out of AWS's model: what is required and nothing else, so that an operation that is
 * built tomorrow has its input today.
 */
export type Input = Record<string, unknown>

/** What stands for a member wherever it comes up: by the service and its shape's or its own name, or by its name alone. */
export type Samples = Readonly<Record<string, unknown>>

interface Maker {
  service: string
  operation: string
  samples: Samples
  /** Whether an optional member is given. */
  optional: (name: string, depth: number) => boolean
}

/** Optional in the model, and yet asked for, or asked for of some callers only. */
const asked = new Set(['UserName', 'logGroupName', 'logStreamName'])

/** Required members only. */
export function minimalInput(service: string, operation: string, samples: Samples): Input {
  return checked(
    service,
    operation,
    make({ service, operation, samples, optional: (name, depth) => depth === 0 && asked.has(name) }),
  )
}

/** Every member there is, down to the third level. */
export function fullInput(service: string, operation: string, samples: Samples): Input {
  return make({ service, operation, samples, optional: (_, depth) => depth < 3 })
}

function make(maker: Maker): Input {
  const { service, operation, samples } = maker
  const shape = inputShape(service, operation)
  const more = samples[`${service}:${operation}`] as Input | undefined
  return { ...(shape ? structure(maker, shape, 0) : {}), ...more }
}

export function inputShape(service: string, operation: string): ShapeModel | undefined {
  const op = model(service).operation(operation)
  assert.ok(op, `${service}:${operation} is registered but AWS has no such operation`)
  return op.input
}

function checked(service: string, operation: string, input: Input): Input {
  const shape = inputShape(service, operation)
  const broken = shape ? violations(shape, input).map(({ path, text }) => `${path}: ${text}`) : []
  assert.deepEqual(broken, [], `${service}:${operation}: give its members a row in test/gates/samples.ts`)
  return input
}

function structure(maker: Maker, shape: ShapeModel, depth: number): Input {
  const required = new Set(shape.required)
  const members = [...shape.members.values()].filter(({ name }) => required.has(name) || maker.optional(name, depth))
  // Of a union just one member is given. A form cannot tell an empty structure from none.
  const given = depth > 0 && (shape.union || members.length === 0) ? [...shape.members.values()].slice(0, 1) : members
  return Object.fromEntries(given.map((member) => [member.name, valueOf(maker, member, depth)]))
}

function valueOf(maker: Maker, member: MemberModel, depth: number): unknown {
  const { shape } = member
  const names = [`${maker.service}:${shape.name}`, `${maker.service}.${member.name}`, member.name]
  const known = names.find((name) => Object.hasOwn(maker.samples, name) && fits(shape, maker.samples[name]))
  if (known !== undefined) return maker.samples[known]
  switch (shape.type) {
    case 'structure':
      return structure(maker, shape, depth + 1)
    case 'list':
      return Array.from({ length: Math.max(1, shape.min ?? 1) }, () => valueOf(maker, shape.member!, depth + 1))
    case 'map':
      return { [String(valueOf(maker, shape.key!, depth + 1))]: valueOf(maker, shape.value!, depth + 1) }
    case 'boolean':
      return false
    case 'timestamp':
      return Math.floor(Date.now() / 1000)
    case 'blob':
      return Buffer.from('sample')
    case 'string':
      return text(shape, member.name)
    default:
      return Math.max(1, shape.min ?? 1)
  }
}

function fits({ type }: ShapeModel, value: unknown): boolean {
  if (type === 'list') return Array.isArray(value)
  return (
    typeof value ===
    (type === 'string'
      ? 'string'
      : type === 'boolean'
        ? 'boolean'
        : ['structure', 'map'].includes(type)
          ? 'object'
          : 'number')
  )
}

/** The first of a few ordinary words that the shape takes; where none fits, one that its pattern describes. */
function text(shape: ShapeModel, name: string): string {
  if (shape.enum) return shape.enum[0]!
  const ordinary = [
    'sample',
    '123456789012',
    'arn:aws:iam::123456789012:role/sample',
    's3://sample/sample',
    'sample'.padEnd(shape.min ?? 0, '0'),
  ]
  return ordinary.find((word) => keeps(shape, word)) ?? fromPattern(shape, name)
}

function keeps({ min = 0, max = Infinity, pattern }: ShapeModel, word: string): boolean {
  return word.length >= min && word.length <= max && (pattern === undefined || compilePattern(pattern).test(word))
}

function fromPattern(shape: ShapeModel, name: string): string {
  const words = fc.sample(fc.stringMatching(compilePattern(shape.pattern ?? '')), { numRuns: 200, seed: 1 })
  return words.find((word) => keeps(shape, word)) ?? assert.fail(`no sample of ${name} (${shape.name})`)
}
