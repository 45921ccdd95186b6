import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { put } from './document.ts'
import type { MemberModel, ShapeModel } from './model.ts'
import { parseScalar } from './scalar.ts'
import { malformedXml, maxDepth } from './serialization-error.ts'

/** An element without its namespace prefix. */
interface Element {
  name: string
  attributes: ReadonlyMap<string, string>
  children: Element[]
  text: string
}

// Entities are left to us: a document type is refused, so there are only the five of XML and character references.
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
  cdataPropName: '#cdata',
  ignoreDeclaration: true,
  ignorePiTags: true,
  maxNestedTags: maxDepth,
})

type ParsedNode = Record<string, unknown>

/** Reads a body into its root element; undefined when there is none. Throws MalformedXML. */
export function readXml(body: Uint8Array): Element | undefined {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
  if (text.trim() === '') return undefined
  if (text.includes('<!DOCTYPE')) throw malformedXml()
  let nodes: ParsedNode[]
  try {
    if (XMLValidator.validate(text) !== true) throw malformedXml()
    nodes = parser.parse(text) as ParsedNode[]
  } catch {
    // The parser refuses deep nesting and names such as `__proto__` by throwing errors of its own.
    throw malformedXml()
  }
  const roots = nodes.filter((node) => !('#text' in node))
  if (roots.length !== 1) throw malformedXml()
  return elementOf(roots[0]!)
}

function elementOf(node: ParsedNode): Element {
  const tag = Object.keys(node).find((key) => key !== ':@') ?? ''
  const element: Element = { name: local(tag), attributes: attributesOf(node[':@']), children: [], text: '' }
  for (const child of node[tag] as ParsedNode[]) {
    if ('#text' in child) element.text += unescapeXml(String(child['#text']))
    else if ('#cdata' in child)
      element.text += (child['#cdata'] as ParsedNode[]).map((part) => String(part['#text'])).join('')
    else element.children.push(elementOf(child))
  }
  return element
}

const local = (name: string): string => name.slice(name.indexOf(':') + 1)

function attributesOf(raw: unknown): Map<string, string> {
  return new Map(
    Object.entries((raw ?? {}) as Record<string, unknown>).map(([name, value]) => [name, unescapeXml(String(value))]),
  )
}

const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function unescapeXml(text: string): string {
  if (!text.includes('&')) return text
  return text.replaceAll(/&([^;&]{0,12})(;?)/g, (_whole, name: string, end: string) => {
    const code = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(name)
    if (end && code) {
      const point = code[1] ? Number.parseInt(code[1], 16) : Number(code[2])
      if (point > 0 && point <= 0x10ffff) return String.fromCodePoint(point)
    }
    if (end && Object.hasOwn(named, name)) return named[name]!
    throw malformedXml()
  })
}

type Decoder = (element: Element) => unknown
const cache = new WeakMap<MemberModel, Decoder>()

/** Decoder of one element that stands for `member`. */
export function xmlDecoder(member: MemberModel): Decoder {
  let found = cache.get(member)
  if (!found) {
    found = makeDecoder(member)
    cache.set(member, found)
  }
  return found
}

function makeDecoder(member: MemberModel): Decoder {
  const { shape } = member
  switch (shape.type) {
    case 'structure':
      return (element) => decodeStructure(shape, element)
    case 'list': {
      const itemName = shape.member!.locationName ?? 'member'
      return (element) =>
        element.children.filter((child) => child.name === itemName).map((child) => xmlDecoder(shape.member!)(child))
    }
    case 'map':
      return (element) =>
        decodeEntries(
          shape,
          element.children.filter((child) => child.name === 'entry'),
        )
    default:
      return (element) => {
        const value = parseScalar(member, element.text)
        if (value === undefined) throw malformedXml()
        return value
      }
  }
}

/** A structure's members out of an element's children. `only` restricts it to members that travel in the body. */
export function decodeStructure(
  shape: ShapeModel,
  element: Element,
  only?: (member: MemberModel) => boolean,
): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const member of shape.members.values()) {
    if (only && !only(member)) continue
    const value = decodeMember(member, element)
    if (value !== undefined) result[member.name] = value
  }
  return result
}

function decodeMember(member: MemberModel, element: Element): unknown {
  const { shape } = member
  if (member.xmlAttribute) {
    const text = element.attributes.get(member.locationName ?? member.name)
    return text === undefined ? undefined : parseScalar(member, text)
  }
  if ((shape.type === 'list' || shape.type === 'map') && (member.flattened || shape.flattened)) {
    const name = (shape.type === 'list' ? shape.member!.locationName : undefined) ?? member.locationName ?? member.name
    const items = element.children.filter((child) => child.name === name)
    if (items.length === 0) return undefined
    return shape.type === 'map' ? decodeEntries(shape, items) : items.map((child) => xmlDecoder(shape.member!)(child))
  }
  const name = member.locationName ?? member.name
  const child = element.children.find((entry) => entry.name === local(name))
  return child && xmlDecoder(member)(child)
}

function decodeEntries(shape: ShapeModel, entries: Element[]): Record<string, unknown> {
  const keyName = shape.key!.locationName ?? 'key'
  const valueName = shape.value!.locationName ?? 'value'
  const result: Record<string, unknown> = {}
  for (const entry of entries) {
    const key = entry.children.find((child) => child.name === keyName)
    const value = entry.children.find((child) => child.name === valueName)
    if (!key || !value) throw malformedXml()
    put(result, key.text, xmlDecoder(shape.value!)(value))
  }
  return result
}
