import type { Stats } from './query.ts'
import type { Row } from './row.ts'
import { textOf, type Value } from './value.ts'

/** Groups that a query may keep. */
const GROUPS_MAX = 100_000

export class TooManyGroups extends Error {}

interface Next {
  take(row: Row): void
  end(): void
}

/** `stats … by …`: one row a group; columns may name those before them. */
export function summed({ columns, aggregates, by }: Stats, next: Next, now: number): Next {
  const begin = (keys: Map<string, Value>) => ({ keys, gatherings: aggregates.map((aggregate) => aggregate.begin()) })
  const groups = new Map<string, ReturnType<typeof begin>>()
  return {
    take(row) {
      const context = { row, now }
      const keys = new Map(by.map(({ name, value }) => [name, value(context)]))
      const mark = JSON.stringify(Array.from(keys.values(), (value) => textOf(value) ?? null))
      let group = groups.get(mark)
      if (!group) {
        if (groups.size === GROUPS_MAX) throw new TooManyGroups()
        groups.set(mark, (group = begin(keys)))
      }
      for (const [index, { argument }] of aggregates.entries()) {
        group.gatherings[index]!.add(argument?.(context), context)
      }
    },
    end() {
      // Without groups there is always one line, be it of nothing.
      if (by.length === 0 && groups.size === 0) groups.set('', begin(new Map()))
      for (const { keys, gatherings } of groups.values()) {
        const aggregated = new Map(aggregates.map(({ at }, index) => [at, gatherings[index]!.result()]))
        const row: Row = { fields: new Map(keys) }
        for (const { name, value } of columns) {
          const found = value({ row, now, aggregated })
          if (found !== undefined) row.fields.set(name, found)
        }
        next.take(row)
      }
      next.end()
    },
  }
}
