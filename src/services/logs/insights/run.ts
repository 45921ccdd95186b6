import { summed } from './stats.ts'
import type { Command } from './query.ts'
import { valueIn, type Row } from './row.ts'
import { compare, isTrue, textOf, type Value } from './value.ts'

/** A line of results: fields by name, in order. */
export type Line = { field: string; value: string }[]

export interface Result {
  lines: Line[]
  matched: number
}

/** Rows that a query may keep in memory at once. */
const ROWS_MAX = 1_000_000

export class TooManyRows extends Error {}

/**
 * Runs a query over rows that come newest first, one at a time. What needs all rows (`stats`, `sort`, `dedup` after
 * them) gathers; the rest flows through.
 */
export class Run {
  readonly #flow: Stage
  readonly #rows: Row[] = []
  readonly #commands: readonly Command[]
  #matched = 0

  constructor(commands: readonly Command[], limit: number, now: number) {
    this.#commands = commands
    const stages = [...commands, { kind: 'limit', count: limit } as const]
    const end: Stage = {
      take: (row) => void this.#rows.push(row),
      end: () => {},
    }
    const last = commands.findLastIndex(({ kind }) => kind === 'filter')
    const firstStats = commands.findIndex(({ kind }) => kind === 'stats')
    // What filters let through, before statistics make other rows of it.
    const counted = firstStats >= 0 && firstStats < last ? firstStats : last + 1
    this.#flow = stages.reduceRight<Stage>((next, command, index) => {
      const made = stage(command, next, { now, rest: stages.slice(index + 1) })
      return index === counted ? through(made, () => this.#matched++) : made
    }, end)
  }

  take(row: Row): void {
    this.#flow.take(row)
  }

  end(): Result {
    this.#flow.end()
    const names = shown(this.#commands)
    const lines = this.#rows.map((row) => line(row, names))
    return { lines, matched: this.#matched }
  }
}

interface Stage {
  take(row: Row): void
  end(): void
}

interface Setting {
  now: number
  rest: readonly Command[]
}

function stage(command: Command, next: Stage, { now, rest }: Setting): Stage {
  const context = (row: Row) => ({ row, now })
  switch (command.kind) {
    case 'fields':
    case 'display':
      return through(next, (row) => {
        for (const { name, value } of command.columns) {
          const found = value(context(row))
          if (found !== undefined && !row.fields.has(name)) row.fields.set(name, found)
        }
      })
    case 'filter':
      return {
        take: (row) => void (isTrue(command.test(context(row))) && next.take(row)),
        end: () => next.end(),
      }
    case 'parse':
      return through(next, (row) => {
        const text = textOf(command.of(context(row)))
        const found = text === undefined ? undefined : command.read(text)
        for (const [name, value] of Object.entries(found ?? {})) if (value !== undefined) row.fields.set(name, value)
      })
    case 'limit': {
      let left = command.count
      return { take: (row) => void (left-- > 0 && next.take(row)), end: () => next.end() }
    }
    case 'dedup': {
      const seen = new Set<string>()
      return {
        take(row) {
          const key = JSON.stringify(command.columns.map(({ value }) => textOf(value(context(row))) ?? null))
          if (seen.has(key)) return
          seen.add(key)
          if (seen.size > ROWS_MAX) throw new TooManyRows()
          next.take(row)
        },
        end: () => next.end(),
      }
    }
    case 'sort':
      return sorted(command.keys, next, { now, rest })
    case 'stats':
      return summed(command, next, now)
  }
}

function through(next: Stage, change: (row: Row) => void): Stage {
  return {
    take(row) {
      change(row)
      next.take(row)
    },
    end: () => next.end(),
  }
}

type SortKeys = Extract<Command, { kind: 'sort' }>['keys']

/** Keeps all rows, or where a limit follows only as many as can come out. */
function sorted(keys: SortKeys, next: Stage, { now, rest }: Setting): Stage {
  const keep = rest.find(({ kind }) => !['fields', 'display', 'parse'].includes(kind))
  const most = keep?.kind === 'limit' ? keep.count : Infinity
  let rows: { row: Row; marks: Value[] }[] = []
  const sort = () => {
    rows.sort((a, b) => {
      for (const [index, { descending }] of keys.entries()) {
        const order = compare(a.marks[index], b.marks[index])
        if (order !== 0) return descending ? -order : order
      }
      return 0
    })
    if (rows.length > most) rows = rows.slice(0, most)
  }
  return {
    take(row) {
      // A column of statistics may be called as it was written: `sort count(*)`.
      rows.push({ row, marks: keys.map(({ name, value }) => valueIn(row, name) ?? value({ row, now })) })
      if (rows.length > most * 2 + 1000) sort()
      if (rows.length > ROWS_MAX) throw new TooManyRows()
    },
    end() {
      sort()
      for (const { row } of rows) next.take(row)
      rows = []
      next.end()
    },
  }
}

/** Which fields are shown: the last `display`'s, else all of `fields` and `parse`, else the columns of `stats`. */
function shown(commands: readonly Command[]): string[] {
  const stats = commands.findLastIndex(({ kind }) => kind === 'stats')
  const from = stats < 0 ? commands : commands.slice(stats)
  const display = from.findLast((command) => command.kind === 'display')
  const pointer = stats < 0 ? ['@ptr'] : []
  if (display) return [...new Set([...display.columns.map(({ name }) => name), ...pointer])]
  const names = from.flatMap((command) => {
    if (command.kind === 'fields') return command.columns.map(({ name }) => name)
    if (command.kind === 'parse') return command.names
    if (command.kind === 'stats') return [...command.by, ...command.columns].map(({ name }) => name)
    return []
  })
  const asked = from.some(({ kind }) => kind === 'fields' || kind === 'stats')
  return [...new Set([...(asked ? [] : ['@timestamp', '@message']), ...names, ...pointer])]
}

function line(row: Row, names: readonly string[]): Line {
  return names.flatMap((field) => {
    const value = textOf(valueIn(row, field))
    return value === undefined ? [] : [{ field, value }]
  })
}
