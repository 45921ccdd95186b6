import type { Document, Element } from '@xmldom/xmldom'

type Xmldom = typeof import('@xmldom/xmldom')

/**
 * Reads XML of strangers: well-formed, or it throws. A document type is refused, and with it every entity that could be
 * declared there.
 */
export function readXml({ DOMParser }: Pick<Xmldom, 'DOMParser'>, text: string): Document {
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) throw new Error('a document type is not taken')
  const parser = new DOMParser({
    onError: (_level, message) => {
      throw new Error(message)
    },
  })
  return parser.parseFromString(text, 'text/xml')
}

/** The direct children of that name. */
export function children(parent: Element, namespace: string, name: string): Element[] {
  const found: Element[] = []
  for (let node = parent.firstChild; node; node = node.nextSibling) {
    const element = node as Element
    if (element.localName === name && element.namespaceURI === namespace) found.push(element)
  }
  return found
}

/** The one direct child of that name; undefined where there is none, or more than one. */
export function child(parent: Element | undefined, namespace: string, name: string): Element | undefined {
  const [first, ...more] = parent ? children(parent, namespace, name) : []
  return more.length === 0 ? first : undefined
}

export function textOf(element: Element | undefined): string | undefined {
  return element?.textContent?.trim() || undefined
}

/** Every element of that name, however deep. */
export function descendants(parent: Document | Element, namespace: string, name: string): Element[] {
  return [...parent.getElementsByTagNameNS(namespace, name)]
}
