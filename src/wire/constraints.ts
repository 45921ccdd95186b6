import type { MemberModel, ShapeModel } from './model.ts'
import { matches } from './pattern.ts'

/** One constraint that an input breaks. */
export interface Violation {
  kind: 'required' | 'pattern' | 'enum' | 'length' | 'range' | 'items'
  /** `vpcConfig.securityGroupIds`, `tags.1.member.key`: as AWS prints it. */
  path: string
  /** The member that it is about, and whether it stands directly in the operation's input. */
  member: MemberModel
  top: boolean
  /** The value as AWS prints it; undefined for a sensitive one. */
  shown: string | undefined
  /** `Member must not be null` … */
  text: string
  bound?: number
}

/** AWS's validators stop counting here (dynalite, captured). */
const maxViolations = 10

interface Place {
  path: string
  member: MemberModel
  top: boolean
}
type Check = (value: unknown, place: Place, found: Violation[]) => void

/** A rule on a single value: its sentence, and whether a value keeps it. */
interface Rule {
  kind: Violation['kind']
  text: string
  bound?: number
  keeps(value: unknown): boolean
}

/** Everything that an input breaks, in the order of the model's members. */
export function violations(shape: ShapeModel, input: Record<string, unknown>): Violation[] {
  const found: Violation[] = []
  checkStructure(shape, input, '', true, found)
  return found
}

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1)

function checkStructure(
  shape: ShapeModel,
  value: Record<string, unknown>,
  path: string,
  top: boolean,
  found: Violation[],
): void {
  for (const part of plan(shape)) {
    if (found.length >= maxViolations) return
    const given = value[part.member.name]
    const place: Place = { path: path === '' ? part.pathName : `${path}.${part.pathName}`, member: part.member, top }
    if (given === undefined || given === null) {
      if (part.required)
        report(found, place, undefined, { kind: 'required', text: 'Member must not be null', keeps: () => false })
    } else part.check?.(given, place, found)
  }
}

interface Part {
  member: MemberModel
  pathName: string
  required: boolean
  check?: Check | undefined
}
const plans = new WeakMap<ShapeModel, Part[]>()

/** The members of a structure that have anything to check. */
function plan(shape: ShapeModel): Part[] {
  let parts = plans.get(shape)
  if (!parts) {
    const required = new Set(shape.required)
    parts = [...shape.members.values()]
      .map((member) => ({
        member,
        pathName: lowerFirst(member.name),
        required: required.has(member.name),
        check: checkOf(member.shape),
      }))
      .filter((part) => part.required || part.check)
    plans.set(shape, parts)
  }
  return parts
}

const constrained = new WeakMap<ShapeModel, boolean>()

/** Whether anything that a shape can reach may be violated. Shapes may contain themselves. */
function isConstrained(shape: ShapeModel): boolean {
  let known = constrained.get(shape)
  if (known === undefined) {
    known = false
    const reached = new Set([shape])
    for (const each of reached) {
      if (rulesOf(each).length > 0 || (each.required?.length ?? 0) > 0) known = true
      for (const part of [...each.members.values(), each.member, each.key, each.value])
        if (part) reached.add(part.shape)
    }
    constrained.set(shape, known)
  }
  return known
}

function checkOf(shape: ShapeModel): Check | undefined {
  switch (shape.type) {
    case 'structure':
      return (value, place, found) => checkStructure(shape, value as Record<string, unknown>, place.path, false, found)
    case 'list':
      return isConstrained(shape) ? listCheck(shape) : undefined
    case 'map':
      return isConstrained(shape) ? mapCheck(shape) : undefined
    default: {
      const rules = rulesOf(shape)
      return rules.length === 0
        ? undefined
        : (value, place, found) => {
            for (const rule of rules) if (!rule.keeps(value)) report(found, place, shown(shape, value), rule)
          }
    }
  }
}

const isSimple = (shape: ShapeModel): boolean => !['structure', 'list', 'map'].includes(shape.type)

/** All rules of a simple part together, as AWS prints them: `Member must satisfy constraint: [Member must …, Member must …]`. */
function together(shape: ShapeModel, prefix: string): Rule | undefined {
  // Inside the brackets the longest length comes first (captured: Lambda, IoT, DynamoDB).
  const rules = [...rulesOf(shape)].sort((a, b) => order(a) - order(b))
  if (rules.length === 0) return undefined
  const text = `${prefix} must satisfy constraint: [${rules.map((rule) => rule.text).join(', ')}]`
  return { kind: 'items', text, keeps: (value) => rules.every((rule) => rule.keeps(value)) }
}

const order = (rule: Rule): number => (rule.text.includes('less than') ? 0 : rule.text.includes('greater than') ? 1 : 2)

function listCheck(shape: ShapeModel): Check {
  const rules = rulesOf(shape)
  const item = shape.member!.shape
  const simple = isSimple(item) ? together(item, 'Member') : undefined
  const check = isSimple(item) ? undefined : checkOf(item)
  return (value, place, found) => {
    const list = value as unknown[]
    for (const rule of rules) if (!rule.keeps(list)) report(found, place, shown(shape, list), rule)
    if (simple && !list.every((entry) => simple.keeps(entry))) report(found, place, shown(shape, list), simple)
    if (check)
      for (const [at, entry] of list.entries()) {
        if (found.length >= maxViolations) return
        check(entry, { ...place, path: `${place.path}.${at + 1}.member`, top: false }, found)
      }
  }
}

function mapCheck(shape: ShapeModel): Check {
  const rules = rulesOf(shape)
  const keys = together(shape.key!.shape, 'Map keys')
  const item = shape.value!.shape
  const values = isSimple(item) ? together(item, 'Map value') : undefined
  const check = isSimple(item) ? undefined : checkOf(item)
  return (value, place, found) => {
    const map = value as Record<string, unknown>
    for (const rule of rules) if (!rule.keeps(map)) report(found, place, shown(shape, map), rule)
    if (keys && !Object.keys(map).every((key) => keys.keeps(key))) report(found, place, shown(shape, map), keys)
    if (values && !Object.values(map).every((entry) => values.keeps(entry)))
      report(found, place, shown(shape, map), values)
    if (check)
      for (const [key, entry] of Object.entries(map)) {
        if (found.length >= maxViolations) return
        check(entry, { ...place, path: `${place.path}.${key}.member`, top: false }, found)
      }
  }
}

function report(found: Violation[], place: Place, value: string | undefined, rule: Rule): void {
  if (found.length >= maxViolations) return
  const { kind, text, bound } = rule
  found.push({ ...place, kind, text, shown: value, ...(bound !== undefined && { bound }) })
}

const rules = new WeakMap<ShapeModel, Rule[]>()

/** The rules of a shape itself. Blobs and streams are counted in bytes, strings in characters, lists and maps in entries. */
function rulesOf(shape: ShapeModel): Rule[] {
  let found = rules.get(shape)
  if (!found) {
    found = makeRules(shape)
    rules.set(shape, found)
  }
  return found
}

function makeRules(shape: ShapeModel): Rule[] {
  const { type, min, max, pattern } = shape
  const list: Rule[] = []
  if (type === 'string' && shape.enum) {
    const set = new Set<unknown>(shape.enum)
    list.push({
      kind: 'enum',
      text: `Member must satisfy enum value set: [${shape.enum.join(', ')}]`,
      keeps: (value) => set.has(value),
    })
  }
  if (type === 'string' && pattern !== undefined)
    list.push({
      kind: 'pattern',
      text: `Member must satisfy regular expression pattern: ${pattern}`,
      keeps: (value) => matches(shape, value as string),
    })
  const ranged = type === 'integer' || type === 'long' || type === 'float' || type === 'double'
  const [kind, what, size]: [Violation['kind'], string, (value: unknown) => number] = ranged
    ? ['range', 'value', Number]
    : ['length', 'length', sizeOf]
  if (type === 'structure' || type === 'boolean' || type === 'timestamp' || shape.eventstream) return list
  if (min !== undefined && (ranged || min > 0))
    list.push({
      kind,
      bound: min,
      text: `Member must have ${what} greater than or equal to ${min}`,
      keeps: (value) => size(value) >= min,
    })
  if (max !== undefined)
    list.push({
      kind,
      bound: max,
      text: `Member must have ${what} less than or equal to ${max}`,
      keeps: (value) => size(value) <= max,
    })
  return list
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string' || Array.isArray(value) || value instanceof Uint8Array) return value.length
  return isStream(value) ? Number.NaN : Object.keys(value as object).length
}

const isStream = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value

/** Most of a value that a message repeats. inferred: AWS repeats all of it. */
const maxShown = 2048

/** A value as Java prints it: `[a, b]`, `{k=v}`; a blob and a secret are not shown. */
function shown(shape: ShapeModel, value: unknown): string | undefined {
  if (shape.sensitive || shape.member?.shape.sensitive || shape.value?.shape.sensitive) return undefined
  const text = print(value, 0)
  return text.length > maxShown ? `${text.slice(0, maxShown)}…` : text
}

function print(value: unknown, depth: number): string {
  if (depth > 8) return '…'
  if (Array.isArray(value))
    return `[${value
      .slice(0, 200)
      .map((entry) => print(entry, depth + 1))
      .join(', ')}]`
  if (value instanceof Uint8Array) return `java.nio.HeapByteBuffer[pos=0 lim=${value.length} cap=${value.length}]`
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .slice(0, 200)
      .map(([key, entry]) => `${key}=${print(entry, depth + 1)}`)
      .join(', ')}}`
  return String(value)
}
