/**
 * The role page as cases ("SageMaker Roles", developer guide; the policies lie in corpus/policy/documents to the letter):
 * with exactly what it prints a job succeeds; what happens without each action is tried, one at a time.
 */
import { readdirSync, readFileSync } from 'node:fs'

const ROOT = new URL('../../corpus/', import.meta.url)

/** One API of the page. In texts of requests `{role}`, `{name}`, `{account}`, `{region}` and what the world has made stand for values. */
export interface Chapter {
  /** Its heading on the page. */
  title: string
  create: string
  /** Member that names what is made; absent: it has none. */
  name?: string
  /** Tells how it went; absent: the create's own answer is the outcome. */
  describe?: { operation: string; input?: Record<string, unknown>; status: string; good: string[]; bad: string[] }
  /** Member of the create's answer that `explain` is asked about. */
  arn?: string
  /** Calls of the administrator that make what the request refers to; `keep`: a member of the answer → its name as a value. */
  before?: Preparation[]
  request: Record<string, unknown>
  /** Action, or `*` for all that are not named → why no request of this kind needs it. */
  notNeeded?: Record<string, string>
  /** Actions that `*` of notNeeded leaves out. */
  needed?: string[]
  /** What the caller needs beside the operations of SageMaker and iam:PassRole. */
  caller?: string[]
  rows: Row[]
}

export interface Preparation {
  operation: string
  input: Record<string, unknown>
  keep?: Record<string, string>
  /** What it takes until it can be used. */
  until?: { operation: string; input: Record<string, unknown>; status: string; is: string }
}

/** One set of policies of the page, and a request that needs all of it. */
export interface Row {
  name: string
  /** Files of corpus/policy/documents, or `trust-sagemaker`. */
  policies: string[]
  /** They are the policy of a key of the row's own (`{key}`), beside the statement by which its account keeps it; the role has none. */
  onKey?: true
  /** Laid over the chapter's request; `null` takes a member away. */
  request?: Record<string, unknown>
  /** Action → why this request does without it. What is not here must be needed. */
  notNeeded?: Record<string, string>
  needed?: string[]
  /** Scoped rows: requests next door, and the action that refuses each. */
  neighbours?: { what: string; request: Record<string, unknown>; refused: string }[]
}

/** All chapters, or those whose file name is asked for. */
export function readChapters(only?: string): { file: string; chapter: Chapter }[] {
  const folder = new URL('roles/', ROOT)
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json') && (only === undefined || file === `${only}.json`))
    .sort()
    .map((file) => ({
      file: file.replace('.json', ''),
      chapter: JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Chapter,
    }))
}

interface Statement {
  Effect: string
  Action: string | string[]
  Resource?: string | string[]
  [member: string]: unknown
}

/**
 * The documents of a row as one, with real values for what the page leaves open: a Region, an account, a key; a printed
 * object stands for its prefix (mission: "let a printed object path stand for its prefix").
 */
export function policyOf(
  row: Row,
  values: Readonly<Record<string, string>>,
): { Version: string; Statement: Statement[] } {
  const statements = row.policies.flatMap((name) => {
    const text = readFileSync(new URL(`policy/documents/${name}.json`, ROOT), 'utf8')
    const real = text
      .replaceAll(':region::', `:${values['region']}:${values['account']}:`)
      .replaceAll(/(arn:aws:s3:::(?:inputbucket|outputbucket)\/\w+)"/g, '$1/*"')
      .replaceAll('arn:aws:kms:region:account-id:key/kms-key-id', values['key'] ?? '')
    const document = JSON.parse(real) as { Statement?: Statement[] } & Statement
    const found = document.Statement ?? [document]
    // Statements about keys and networks are printed without a Resource: "a user adds the key's ARN".
    return found.map((one) => ({
      ...one,
      Resource: one.Resource ?? (actionsOf([one]).every((action) => action.startsWith('kms:')) ? values['key']! : '*'),
    }))
  })
  return { Version: '2012-10-17', Statement: statements }
}

export function actionsOf(statements: readonly Pick<Statement, 'Action'>[]): string[] {
  return [...new Set(statements.flatMap(({ Action }) => Action))]
}

/** The same without one action. */
export function without<T extends { Statement: Statement[] }>(policy: T, action: string): T {
  const Statement = policy.Statement.flatMap((one) => {
    const left = [one.Action].flat().filter((listed) => listed !== action)
    return left.length > 0 ? [{ ...one, Action: left }] : []
  })
  return { ...policy, Statement }
}

/** A request with other members laid over it. */
export function overlaid(
  request: Record<string, unknown>,
  over: Record<string, unknown> = {},
): Record<string, unknown> {
  const result: Record<string, unknown> = { ...request }
  for (const [name, value] of Object.entries(over)) {
    const old = result[name]
    if (value === null) delete result[name]
    else if (isObject(old) && isObject(value)) result[name] = overlaid(old, value)
    else result[name] = value
  }
  return result
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** `{name}` → its value, in every text. Throws for a name that nobody has given a value. */
export function filledIn<T>(template: T, values: Readonly<Record<string, string>>): T {
  const text = JSON.stringify(template).replaceAll(/\{(\w+)\}/g, (_whole, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`no value for {${name}}`)
    return JSON.stringify(value).slice(1, -1)
  })
  return JSON.parse(text) as T
}
