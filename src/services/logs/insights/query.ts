import { aggregatesInto, type Aggregate } from './aggregates.ts'
import { readExpression, readField, readRegex, type Expression } from './expression.ts'
import { valueIn } from './row.ts'
import { Scanner } from './scanner.ts'
import { AwsError } from '../../../wire/aws-error.ts'

/** A column: what it is called, and what it comes to. */
export interface Column {
  name: string
  value: Expression
}

export interface Stats {
  columns: (Column & { aggregates: boolean })[]
  aggregates: readonly Aggregate[]
  by: Column[]
}

export type Command =
  | { kind: 'fields'; columns: Column[] }
  | { kind: 'display'; columns: Column[] }
  | { kind: 'filter'; test: Expression }
  | { kind: 'parse'; of: Expression; read: (text: string) => Record<string, string> | undefined; names: string[] }
  | ({ kind: 'stats' } & Stats)
  | { kind: 'sort'; keys: (Column & { descending: boolean })[] }
  | { kind: 'limit'; count: number }
  | { kind: 'dedup'; columns: Column[] }

/** Of AWS's language, but not of ours. */
const notBuilt = [
  'anomaly',
  'diff',
  'filterindex',
  'join',
  'lookup',
  'pattern',
  'source',
  'subqueries',
  'tail',
  'unmask',
  'unnest',
]

/** `stats` may be given twice, and a query asks for 10,000 events at most (User Guide, "stats", "limit"). */
const limits = { stats: 2, rows: 10_000 }

/** Reads a query in the language of CloudWatch Logs Insights; throws MalformedQueryException. */
export function readQuery(text: string): Command[] {
  const scanner = new Scanner(text)
  const commands: Command[] = []
  // A leading pipe is tolerated.
  scanner.sign('|')
  if (scanner.atEnd) throw scanner.unexpected()
  do commands.push(readCommand(scanner))
  while (scanner.sign('|'))
  if (!scanner.atEnd) throw scanner.unexpected()
  if (commands.filter(({ kind }) => kind === 'stats').length > limits.stats) {
    throw scanner.malformed(`Only ${limits.stats} stats commands are allowed`, 0, text.length - 1) // inferred: sentence
  }
  return commands
}

const readers: Readonly<Record<string, (scanner: Scanner) => Command>> = {
  fields: (scanner) => ({ kind: 'fields', columns: readColumns(scanner) }),
  display: (scanner) => ({ kind: 'display', columns: readColumns(scanner) }),
  filter: (scanner) => ({ kind: 'filter', test: readExpression(scanner) }),
  where: (scanner) => ({ kind: 'filter', test: readExpression(scanner) }),
  parse: readParse,
  stats: readStats,
  sort: readSort,
  order: readSort,
  limit: readLimit,
  head: readLimit,
  dedup: (scanner) => ({ kind: 'dedup', columns: readColumns(scanner) }),
}

function readCommand(scanner: Scanner): Command {
  const word = scanner.keyword(...Object.keys(readers), ...notBuilt)
  if (word === undefined) throw scanner.unexpected()
  if (notBuilt.includes(word)) {
    throw new AwsError('NotImplemented', `The command ${word} of Logs Insights is not built.`, 501)
  }
  return readers[word]!(scanner)
}

/** A column without a name of its own is called as it is written. */
function readColumn(scanner: Scanner, read: () => Expression): Column {
  scanner.skip()
  const start = scanner.at
  const value = read()
  const written = scanner.text
    .slice(start, scanner.at)
    .trim()
    .replace(/^`([^`]+)`$/, '$1')
  return { name: scanner.keyword('as') ? readField(scanner).name : written, value }
}

function readColumns(scanner: Scanner): Column[] {
  const columns = [readColumn(scanner, () => readExpression(scanner))]
  while (scanner.sign(',')) columns.push(readColumn(scanner, () => readExpression(scanner)))
  return columns
}

function readParse(scanner: Scanner): Command {
  const { name: field } = readField(scanner)
  const of: Expression = ({ row }) => valueIn(row, field)
  const glob = scanner.quoted()
  if (glob === undefined) return parseByRegex(scanner, of)
  if (!scanner.keyword('as')) throw scanner.unexpected()
  const names = [readField(scanner).name]
  while (scanner.sign(',')) names.push(readField(scanner).name)
  const parts = glob.split('*')
  if (parts.length - 1 !== names.length) {
    // inferred: sentence
    throw scanner.malformed(
      'The number of fields does not match the number of wildcards',
      scanner.at - 1,
      scanner.at - 1,
    )
  }
  return { kind: 'parse', of, names, read: (text) => globbed(text, parts, names) }
}

/** What stands where the stars are, each as short as can be; the last one reaches to the end. */
function globbed(text: string, parts: readonly string[], names: readonly string[]): Record<string, string> | undefined {
  const found: Record<string, string> = {}
  let at = text.indexOf(parts[0]!)
  if (at < 0) return undefined
  at += parts[0]!.length
  for (const [index, name] of names.entries()) {
    const next = parts[index + 1]!
    const end = next === '' && index === names.length - 1 ? text.length : text.indexOf(next, at)
    if (end < 0) return undefined
    found[name] = text.slice(at, end)
    at = end + next.length
  }
  return found
}

function parseByRegex(scanner: Scanner, of: Expression): Command {
  const start = scanner.at
  const regex = readRegex(scanner)
  const names = Array.from(regex.source.matchAll(/\(\?<([A-Za-z_]\w*)>/g), ([, name]) => name!)
  if (names.length === 0) throw scanner.malformed('No named groups in regular expression', start, scanner.at - 1) // inferred
  return { kind: 'parse', of, names, read: (text) => regex.exec(text)?.groups }
}

function readStats(scanner: Scanner): Command {
  const aggregates: Aggregate[] = []
  const read = aggregatesInto(aggregates)
  const column = () => {
    const before = aggregates.length
    const found = readColumn(scanner, () => readExpression(scanner, read))
    return { ...found, aggregates: aggregates.length > before }
  }
  const columns = [column()]
  while (scanner.sign(',')) columns.push(column())
  if (aggregates.length === 0) throw scanner.unexpected()
  return { kind: 'stats', columns, aggregates, by: scanner.keyword('by') ? readColumns(scanner) : [] }
}

function readSort(scanner: Scanner): Command {
  scanner.keyword('by')
  const key = () => {
    const found = readColumn(scanner, () => readExpression(scanner, aggregatesInto([])))
    return { ...found, descending: scanner.keyword('asc', 'desc') === 'desc' }
  }
  const keys = [key()]
  while (scanner.sign(',')) keys.push(key())
  return { kind: 'sort', keys }
}

function readLimit(scanner: Scanner): Command {
  scanner.skip()
  const start = scanner.at
  const digits = scanner.match(/\d+(?!\w)/y)
  if (!digits) throw scanner.unexpected()
  const count = Number(digits[0])
  if (count < 1 || count > limits.rows) {
    throw scanner.malformed(`limit must be between 1 and ${limits.rows}`, start, scanner.at - 1) // inferred: sentence
  }
  return { kind: 'limit', count }
}
