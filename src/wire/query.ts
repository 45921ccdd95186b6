import { AwsError } from './aws-error.ts'
import { put } from './document.ts'
import type { FormNode } from './form.ts'
import type { MemberModel, ShapeModel } from './model.ts'
import { parseScalar } from './scalar.ts'
import { malformedInput } from './serialization-error.ts'

/** `query`: IAM, STS, CloudWatch. `ec2`: the same with capitalised names and every list flattened. */
type Dialect = 'query' | 'ec2'
type Decoder = (node: FormNode) => unknown

const caches: Record<Dialect, WeakMap<MemberModel, Decoder>> = { query: new WeakMap(), ec2: new WeakMap() }
const structures: Record<Dialect, WeakMap<ShapeModel, Decoder>> = { query: new WeakMap(), ec2: new WeakMap() }

/** Decoder of a structure out of the parameters' tree. Unknown parameters are ignored, as AWS does. */
export function formDecoder(shape: ShapeModel, dialect: Dialect): Decoder {
  let found = structures[dialect].get(shape)
  if (!found) {
    found = structureDecoder(shape, dialect)
    structures[dialect].set(shape, found)
  }
  return found
}

function structureDecoder(shape: ShapeModel, dialect: Dialect): Decoder {
  let parts: Map<string, MemberModel> | undefined
  return (node) => {
    parts ??= new Map([...shape.members.values()].map((member) => [parameterName(member, dialect), member]))
    const result: Record<string, unknown> = {}
    if (node.children)
      for (const [name, child] of node.children) {
        const member = parts.get(name)
        if (!member) continue
        const value = memberDecoder(member, dialect)(child)
        if (value !== undefined) result[member.name] = value
      }
    return result
  }
}

function parameterName(member: MemberModel, dialect: Dialect): string {
  if (dialect === 'query') return flattenedName(member) ?? member.locationName ?? member.name
  const name = member.locationName ?? member.name
  return member.queryName ?? name.charAt(0).toUpperCase() + name.slice(1)
}

/** A flattened list carries its items' name. */
function flattenedName(member: MemberModel): string | undefined {
  const { shape } = member
  return shape.type === 'list' && (member.flattened || shape.flattened) ? shape.member!.locationName : undefined
}

function memberDecoder(member: MemberModel, dialect: Dialect): Decoder {
  let found = caches[dialect].get(member)
  if (!found) {
    found = makeDecoder(member, dialect)
    caches[dialect].set(member, found)
  }
  return found
}

function makeDecoder(member: MemberModel, dialect: Dialect): Decoder {
  const { shape } = member
  const flattened = dialect === 'ec2' || member.flattened || shape.flattened
  switch (shape.type) {
    case 'structure': {
      const decode = formDecoder(shape, dialect)
      return (node) => (node.children ? decode(node) : node.value === '' ? {} : undefined)
    }
    case 'list': {
      const part = shape.member!
      const between = flattened ? undefined : (part.locationName ?? 'member')
      return (node) => {
        // `Name=` alone is how clients write an empty list.
        if (!node.children) return node.value === '' ? [] : undefined
        const items = between === undefined ? node.children : node.children.get(between)?.children
        if (!items) return undefined
        const decode = memberDecoder(part, dialect)
        return numbered(items)
          .map((item) => decode(item))
          .filter((item) => item !== undefined)
      }
    }
    case 'map': {
      const keyName = shape.key!.locationName ?? 'key'
      const valueName = shape.value!.locationName ?? 'value'
      return (node) => {
        const entries = flattened ? node.children : node.children?.get('entry')?.children
        if (!entries) return node.value === '' ? {} : undefined
        const decode = memberDecoder(shape.value!, dialect)
        const result: Record<string, unknown> = {}
        for (const entry of numbered(entries)) {
          const key = entry.children?.get(keyName)?.value
          const value = entry.children?.get(valueName)
          if (key === undefined || value === undefined) throw malformedInput('A map entry needs a key and a value') // inferred
          put(result, key, decode(value))
        }
        return result
      }
    }
    default:
      return (node) => {
        if (node.value === undefined) return undefined
        // EC2 lets a flag or a number be empty, and takes it for absent.
        if (node.value === '' && shape.type !== 'string' && shape.type !== 'blob') return undefined
        const value = parseScalar(member, node.value)
        if (value === undefined)
          // inferred: the sentences; the codes are AWS's.
          throw dialect === 'ec2'
            ? malformedParameter(node.value, parameterName(member, dialect))
            : malformedInput(`'${node.value}' can not be converted to ${shape.type}`)
        return value
      }
  }
}

/** Children named by numbers, in their order; what is no number belongs to nothing. */
function numbered(children: ReadonlyMap<string, FormNode>): FormNode[] {
  const items: [number, FormNode][] = []
  for (const [name, node] of children) if (/^\d{1,9}$/.test(name)) items.push([Number(name), node])
  return items.sort((a, b) => a[0] - b[0]).map(([, node]) => node)
}

const malformedParameter = (value: string, name: string): AwsError =>
  new AwsError('InvalidParameterValue', `Invalid value '${value}' for ${name}`)
