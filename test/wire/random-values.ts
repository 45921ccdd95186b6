import { NormalizedSchema } from '@smithy/core/schema'
import type { MemberModel, ShapeModel } from '../../src/wire/model.ts'

/** A small generator of numbers in [0, 1), always the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const anywhere = [
  'plain',
  'a b+c',
  'ü€😀',
  '<&>"\'',
  'line\nbreak\rend',
  '%41%',
  'a=b&c=d',
  ' edges ',
  '0',
  'true',
  '[x]',
  '{"a":1}',
  'a/b?c#d',
]
const inHeader = ['plain', 'a b', 'x-1.2_3', 'a+b/c=', '%41']

type Schema = ReturnType<typeof NormalizedSchema.of>

/**
 * Random values of a shape, in Sallyport's form. Only members that the SDK's schema knows too: the two models are of
 * different days. Nested three deep, lists of one or two.
 */
export function randomValue(
  shape: ShapeModel,
  schema: Schema,
  random: () => number,
  member?: MemberModel,
  depth = 0,
): unknown {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  switch (shape.type) {
    case 'structure': {
      if (shape.document) return { any: ['thing', 1, null] }
      const known = Object.fromEntries(schema.structIterator())
      let members = [...shape.members.values()].filter((each) => known[each.name] && !each.shape.eventstream)
      if (shape.union) members = members.length > 0 ? [pick(members)] : []
      const value: Record<string, unknown> = {}
      for (const each of members) {
        const needed =
          each.location === 'uri' || shape.required?.includes(each.name) || shape.payload === each.name || shape.union
        if (!needed && (depth > 3 || random() < 0.3)) continue
        // Recursive shapes end here.
        if (depth > 6 && isComposite(each.shape)) continue
        value[each.name] = randomValue(each.shape, known[each.name]!, random, each, depth + 1)
      }
      // A form cannot tell an empty structure from none.
      const filler = members.find((each) => !isComposite(each.shape)) ?? members[0]
      if (Object.keys(value).length === 0 && filler && depth < 12)
        value[filler.name] = randomValue(filler.shape, known[filler.name]!, random, filler, depth + 1)
      return value
    }
    case 'list':
      return Array.from({ length: 1 + Math.floor(random() * 2) }, () =>
        randomValue(
          shape.member!.shape,
          schema.getValueSchema(),
          random,
          { ...member!, ...traits(shape.member!) },
          depth + 1,
        ),
      )
    case 'map':
      return Object.fromEntries(
        Array.from({ length: 1 + Math.floor(random() * 2) }, (_, at) => [
          member?.location === 'headers'
            ? `key-${at}`
            : shape.key!.shape.enum
              ? pick(shape.key!.shape.enum)
              : `${pick(anywhere)}${at}`,
          randomValue(
            shape.value!.shape,
            schema.getValueSchema(),
            random,
            { ...member!, ...traits(shape.value!) },
            depth + 1,
          ),
        ]),
      )
    case 'boolean':
      return random() < 0.5
    case 'integer':
      return Math.floor(random() * 1000)
    case 'long':
      return Math.floor(random() * 2 ** 40)
    case 'float':
    case 'double':
      return pick([0.5, -1.25, 3, 1e21, 1e-7])
    case 'timestamp':
      // Headers carry whole seconds.
      return (
        1_600_000_000 + Math.floor(random() * 1e8) + (member?.location || shape.timestampFormat ? 0 : pick([0, 0.25]))
      )
    case 'blob':
      return Buffer.from(pick(anywhere))
    case 'string':
      if (shape.enum) return pick(shape.enum)
      if (member?.location === 'header' || member?.location === 'headers') return pick(inHeader)
      return pick(anywhere)
  }
}

const isComposite = (shape: ShapeModel): boolean => ['structure', 'list', 'map'].includes(shape.type)
const traits = ({ name, shape }: MemberModel): { name: string; shape: ShapeModel } => ({ name, shape })

/** Sallyport's form into the SDK's: timestamps are Dates there. */
export function toSdk(shape: ShapeModel, value: unknown): unknown {
  if (value === undefined || value === null) return value
  switch (shape.type) {
    case 'structure':
      if (shape.document) return value
      return Object.fromEntries(
        Object.entries(value).map(([name, part]) => [name, toSdk(shape.members.get(name)!.shape, part)]),
      )
    case 'list':
      return (value as unknown[]).map((part) => toSdk(shape.member!.shape, part))
    case 'map':
      return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, toSdk(shape.value!.shape, part)]))
    case 'timestamp':
      return new Date((value as number) * 1000)
    default:
      return value
  }
}
