import type { Value } from './value.ts'

/** Fields that Insights finds in one JSON event (User Guide, "Supported logs and discovered fields"). */
const DISCOVERED_MAX = 200

/** An event on its way through a query, or a line of statistics. */
export interface Row {
  readonly fields: Map<string, Value>
  /** Looked into when a field is asked for that is not in `fields`. */
  readonly message?: string
  discovered?: Map<string, Value>
}

export function valueIn(row: Row, name: string): Value {
  if (row.fields.has(name)) return row.fields.get(name)
  return row.message === undefined ? undefined : discoveredIn(row).get(name)
}

/** Fields of a JSON message: `userIdentity.type`, `list.0.id`. */
export function discoveredIn(row: Row): Map<string, Value> {
  return (row.discovered ??= discover(row.message ?? ''))
}

function discover(message: string): Map<string, Value> {
  const found = new Map<string, Value>()
  // JSON may stand at the end of a line that begins with something else.
  const start = message.indexOf('{')
  if (start < 0) return found
  try {
    flatten(JSON.parse(message.slice(start)), '', found)
  } catch {
    // No JSON, no fields.
  }
  return found
}

function flatten(value: unknown, path: string, into: Map<string, Value>): void {
  if (into.size >= DISCOVERED_MAX || value === null) return
  if (typeof value !== 'object') {
    if (path !== '') into.set(path, value as Value)
    return
  }
  for (const [name, part] of Object.entries(value)) flatten(part, path === '' ? name : `${path}.${name}`, into)
}
