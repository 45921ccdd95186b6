/** What a server has written down, read beside it: SQLite's readers neither wait for its writers nor hold them up. */
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'

/** A document, or with `prefix` the first whose key begins so. */
export interface Place {
  kind: string
  key: string
  prefix?: true
}

/** What of a job's document is looked at here. */
export interface Document {
  name: string
  arn: string
  steps?: { name: string; status: string; at: number; text?: string }[]
  over?: boolean
  stopRequested?: boolean
  // oxlint-disable-next-line typescript/no-explicit-any -- of whatever type the resource is
  description: any
}

export interface Documents {
  find(place: Place): Document | undefined
  /** All of a kind whose keys begin so. */
  all(kind: string, prefix?: string): { key: string; value: Document }[]
  /** Moves with every commit of somebody else. */
  version(): number
  close(): void
}

export function openDocuments(dataDir: string): Documents {
  const db = new DatabaseSync(join(dataDir, 'sallyport.db'), { readOnly: true })
  const one = db.prepare('SELECT value FROM documents WHERE kind = ? AND key = ?')
  const many = db.prepare('SELECT key, value FROM documents WHERE kind = ? AND key >= ? AND key < ? ORDER BY key')
  const version = db.prepare('PRAGMA data_version')
  const all = (kind: string, prefix = '') =>
    many
      .all(kind, prefix, `${prefix}\u{10ffff}`)
      .map(({ key, value }) => ({ key: key as string, value: JSON.parse(value as string) as Document }))
  return {
    find({ kind, key, prefix }) {
      if (prefix) return all(kind, key)[0]?.value
      const row = one.get(kind, key)
      return row && (JSON.parse(row['value'] as string) as Document)
    },
    all,
    version: () => (version.get() as { data_version: number }).data_version,
    close: () => db.close(),
  }
}
