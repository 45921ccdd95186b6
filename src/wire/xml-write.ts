import type { MemberModel, ShapeModel, XmlNamespace } from './model.ts'
import { formatScalar } from './scalar.ts'

/** How a protocol writes what its models leave open. */
export interface XmlStyle {
  /** EC2 and S3 always write milliseconds, IAM and STS only where there are any. */
  milliseconds: boolean
  cache: WeakMap<MemberModel, Writer>
}

/** Writes the element (or, for a flattened list, the elements) of a member. */
type Writer = (value: never) => string

export const queryXml: XmlStyle = { milliseconds: false, cache: new WeakMap() }
export const ec2Xml: XmlStyle = { milliseconds: true, cache: new WeakMap() }
export const restXml: XmlStyle = { milliseconds: true, cache: new WeakMap() }

const markup: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // A parser would turn these into a line feed or a space.
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
  '\u0085': '&#x85;',
  '\u2028': '&#x2028;',
}

// XML 1.0 has no way at all to write the other control characters.
// oxlint-disable-next-line no-control-regex
const forbidden = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g
const inText = /[&<>\r\u0085\u2028]/
const inAttribute = /[&<>"\r\n\t\u0085\u2028]/

/** Text as the content of an element. */
export function escapeText(text: string): string {
  return clean(inText.test(text) ? text.replaceAll(/[&<>\r\u0085\u2028]/g, (char) => markup[char]!) : text)
}

/** Text as the value of an attribute. */
export function escapeAttribute(text: string): string {
  return clean(inAttribute.test(text) ? text.replaceAll(/[&<>"\r\n\t\u0085\u2028]/g, (char) => markup[char]!) : text)
}

const clean = (text: string): string => text.replace(forbidden, '\uFFFD')

/** ` xmlns="…"` or ` xmlns:prefix="…"`, or nothing. */
export function namespaceAttribute(namespace: XmlNamespace | undefined): string {
  if (!namespace) return ''
  return ` xmlns${namespace.prefix ? `:${namespace.prefix}` : ''}="${escapeAttribute(namespace.uri)}"`
}

/** The writer of a member's element, made at its first use. */
export function xmlWriter(member: MemberModel, style: XmlStyle): Writer {
  let found = style.cache.get(member)
  if (!found) {
    found = makeWriter(member, style, member.locationName ?? member.name)
    style.cache.set(member, found)
  }
  return found
}

function makeWriter(member: MemberModel, style: XmlStyle, name: string): Writer {
  const { shape } = member
  switch (shape.type) {
    case 'structure': {
      const write = structureWriter(shape, style)
      const open = `<${name}${namespaceAttribute(member.xmlNamespace ?? shape.xmlNamespace)}`
      return (value: Record<string, unknown>) => {
        const { attributes, content } = write(value)
        return content === '' ? `${open}${attributes}/>` : `${open}${attributes}>${content}</${name}>`
      }
    }
    case 'list': {
      const part = shape.member!
      if (member.flattened || shape.flattened) {
        const write = lazy(() => makeWriter(part, style, part.locationName ?? name))
        return (value: unknown[]) => value.map((entry) => write()(entry as never)).join('')
      }
      const write = lazy(() => makeWriter(part, style, part.locationName ?? 'member'))
      return (value: unknown[]) =>
        value.length === 0
          ? `<${name}/>`
          : `<${name}>${value.map((entry) => write()(entry as never)).join('')}</${name}>`
    }
    case 'map': {
      const key = lazy(() => makeWriter(shape.key!, style, shape.key!.locationName ?? 'key'))
      const item = lazy(() => makeWriter(shape.value!, style, shape.value!.locationName ?? 'value'))
      const flattened = member.flattened || shape.flattened
      const entry = flattened ? name : 'entry'
      return (value: Record<string, unknown>) => {
        const entries = Object.keys(value).map(
          (id) => `<${entry}>${key()(id as never)}${item()(value[id] as never)}</${entry}>`,
        )
        return flattened ? entries.join('') : `<${name}>${entries.join('')}</${name}>`
      }
    }
    case 'string':
      return (value: string) => `<${name}>${escapeText(value)}</${name}>`
    default:
      return (value: unknown) => `<${name}>${formatScalar(member, value, 'iso8601', style.milliseconds)}</${name}>`
  }
}

/** The inside of a structure's element, and the attributes that belong into its start tag. */
export function structureWriter(shape: ShapeModel, style: XmlStyle, only?: (member: MemberModel) => boolean) {
  const parts = lazy(() => {
    const members = [...shape.members.values()].filter((member) => !only || only(member))
    return {
      attributes: members.filter((member) => member.xmlAttribute),
      elements: members
        .filter((member) => !member.xmlAttribute)
        .map((member) => ({ name: member.name, write: xmlWriter(member, style) })),
    }
  })
  return (value: Record<string, unknown>): { attributes: string; content: string } => {
    let attributes = ''
    for (const member of parts().attributes) {
      const given = value[member.name]
      if (given !== undefined && given !== null)
        attributes += ` ${member.locationName ?? member.name}="${escapeAttribute(formatScalar(member, given, 'iso8601'))}"`
    }
    let content = ''
    for (const part of parts().elements) {
      const given = value[part.name]
      if (given !== undefined && given !== null) content += part.write(given as never)
    }
    return { attributes, content }
  }
}

/** Runs `make` once, when its result is first wanted: shapes may contain themselves. */
function lazy<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}
