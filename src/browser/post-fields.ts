import { malformedXml } from '../wire/serialization-error.ts'
import type { HttpRequest } from '../wire/request.ts'
import { readXml } from '../wire/xml-read.ts'
import type { PostField } from './post-form.ts'

const entityHeaders = new Set(['cache-control', 'content-type', 'content-disposition', 'content-encoding', 'expires'])
/** Of the form's signature or the bucket, and nothing that a PUT would say in a header. */
const notHeaders =
  /^x-amz-(?:algorithm|credential|date|signature|security-token|content-sha256|decoded-content-length|trailer|copy-source.*)$/

/** The headers that a PUT of the same file would have: the form's fields in the place of the form's own. */
export function asPut(request: HttpRequest, fields: ReadonlyMap<string, PostField>): HttpRequest {
  const headers = new Map(
    [...request.headers].filter(([name]) => !/^(?:content-|x-amz-|cache-control$|expires$|if-)/.test(name)),
  )
  for (const [name, { value }] of fields) {
    if (name === 'acl') headers.set('x-amz-acl', value)
    else if (name === 'tagging') headers.set('x-amz-tagging', tagsOf(value))
    else if (entityHeaders.has(name) || (name.startsWith('x-amz-') && !notHeaders.test(name))) headers.set(name, value)
  }
  return { ...request, method: 'PUT', query: '', headers }
}

/** The XML of `<Tagging>` as x-amz-tagging says it; what is no such XML is left for PutObject to refuse. */
function tagsOf(xml: string): string {
  try {
    const set = readXml(Buffer.from(xml))?.children.find(({ name }) => name === 'TagSet')
    const text = (tag: NonNullable<typeof set>, name: string) =>
      tag.children.find((one) => one.name === name)?.text ?? ''
    return new URLSearchParams(
      (set?.children ?? []).map((tag): [string, string] => [text(tag, 'Key'), text(tag, 'Value')]),
    ).toString()
  } catch {
    throw malformedXml()
  }
}
