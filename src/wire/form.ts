import { malformedInput, maxDepth } from './serialization-error.ts'

/** Parameters of a query request by name; AWS takes the first of duplicates (errors.md A4). */
export type Form = ReadonlyMap<string, string>

/** Most parameters in one request; the largest real calls have some hundreds. */
const maxParameters = 20_000

/** Reads `application/x-www-form-urlencoded` text or a raw URL query. */
export function parseForm(text: string): Form {
  const form = new Map<string, string>()
  for (let start = 0; start < text.length;) {
    let end = text.indexOf('&', start)
    if (end < 0) end = text.length
    if (end > start) {
      const equals = text.indexOf('=', start)
      const split = equals < 0 || equals > end ? end : equals
      const name = unescape(text.slice(start, split))
      if (!form.has(name)) form.set(name, split < end ? unescape(text.slice(split + 1, end)) : '')
      if (form.size > maxParameters) throw malformedInput('Too many parameters') // inferred
    }
    start = end + 1
  }
  return form
}

function unescape(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  return spaced.includes('%') ? percentDecode(spaced) : spaced
}

/** Decodes %XX as UTF-8; what is no valid escape stays as it stands, as AWS leaves it. */
export function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (escapes) =>
      Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'),
    )
  }
}

/** Parameters as a tree: `Tags.member.1.Key=a` is four levels deep. */
export interface FormNode {
  value?: string
  children?: Map<string, FormNode>
}

/** Splits every name at its dots. */
export function formTree(form: Form): FormNode {
  const root: FormNode = {}
  for (const [name, value] of form) {
    const steps = name.split('.', maxDepth + 1)
    if (steps.length > maxDepth) throw malformedInput('Parameter name has too many parts') // inferred
    let node = root
    for (const step of steps) {
      node.children ??= new Map()
      let child = node.children.get(step)
      if (!child) {
        child = {}
        node.children.set(step, child)
      }
      node = child
    }
    node.value ??= value
  }
  return root
}
