import type { OperationModel } from './model.ts'
import { percentDecode } from './form.ts'

/** A path template: `/{Bucket}/{Key+}?uploads`. */
export interface Template {
  segments: { literal?: string; label?: string; greedy?: boolean }[]
  /** Literal query parameters; the value is empty where only the name counts. */
  query: ReadonlyMap<string, string>
}

/** Takes an operation's requestUri apart. */
export function parseTemplate(requestUri: OperationModel['requestUri']): Template {
  const [path = '', query = ''] = requestUri.split('?')
  return {
    segments: path
      .split('/')
      .filter(Boolean)
      .map((segment) => {
        const label = /^\{([^}+]+)(\+?)\}$/.exec(segment)
        return label ? { label: label[1]!, greedy: label[2] === '+' } : { literal: segment }
      }),
    query: new Map(
      query
        .split('&')
        .filter(Boolean)
        .map((part) => [part.split('=')[0]!, part.split('=')[1] ?? ''] as const),
    ),
  }
}

/** Decoded labels of a raw path that fits the template, or undefined. A greedy label keeps its slashes, the last one too. */
export function matchTemplate(template: Template, path: string): Record<string, string> | undefined {
  const labels: Record<string, string> = {}
  let rest = path.replace(/^\//, '')
  for (const [at, segment] of template.segments.entries()) {
    if (rest === '') return undefined
    const last = at === template.segments.length - 1
    if (segment.greedy && last) {
      labels[segment.label!] = percentDecode(rest)
      return labels
    }
    const slash = rest.indexOf('/')
    const part = slash < 0 ? rest : rest.slice(0, slash)
    rest = slash < 0 ? '' : rest.slice(slash + 1)
    if (segment.literal === undefined ? part === '' : percentDecode(part) !== segment.literal) return undefined
    if (segment.label !== undefined) labels[segment.label] = percentDecode(part)
  }
  return rest === '' ? labels : undefined
}
