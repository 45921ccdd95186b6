import type { Client } from '../cli/client.ts'
import { roleTrusting, userWith } from './people.ts'
import { runPassRole } from './pass-role.ts'
import { actionsOf, filledIn, overlaid, policyOf, readChapters, without } from './role-page.ts'
import type { Chapter, Row } from './role-page.ts'
import { prepared, tryRequest } from './try.ts'
import type { Tried } from './try.ts'
import type { Values } from './world.ts'

/** What became of one line of the matrix. */
export interface Line {
  chapter: string
  row: string
  /** `all of it`; `without ACTION`; what a neighbour is. */
  what: string
  /**
   * `suffices`, `needed` (fails and names the action), `misses` (goes on without, and the record names the action),
   * `not needed` (and the table says why), `kept out` (a neighbour); or `wrong`, which no line may be.
   */
  verdict: 'suffices' | 'needed' | 'misses' | 'not needed' | 'kept out' | 'wrong'
  /** AWS's text, or why an action is not needed. */
  text?: string
}

/** One attempt that is still to be made. */
interface Attempt {
  chapter: string
  of: Chapter
  row: Row
  what: string
  policy: ReturnType<typeof policyOf>
  request: Record<string, unknown>
  judge: (tried: Tried) => Pick<Line, 'verdict' | 'text'>
  /** An action that must be refused, be it after the end. */
  awaited?: string
  /** Before anybody has made the log group. */
  early: boolean
}

const AT_ONCE = 6

/** Tries everything that the role page says, or one chapter of it, on a server that buildWorld has prepared. */
export async function runMatrix(
  client: Client,
  values: Values,
  told: (line: Line) => void,
  only?: string,
): Promise<Line[]> {
  const chapters = readChapters(only)
  const attempts = chapters.flatMap(({ file, chapter }) =>
    chapter.rows.flatMap((row) => attemptsOf(file, chapter, row, values)),
  )
  const callers = new Map<string, Client>()
  for (const { file, chapter } of chapters) callers.set(file, await callerOf(client, file, chapter))
  const lines = new Map<Attempt, Line>()
  for (const group of [attempts.filter(({ early }) => early), attempts.filter(({ early }) => !early)])
    await inTurn(group, AT_ONCE, async (attempt) => {
      const line = await make(client, callers.get(attempt.chapter)!, attempt, values, attempts.indexOf(attempt))
      lines.set(attempt, line)
      told(line)
    })
  const ofPages = attempts.map((attempt) => lines.get(attempt)!)
  return only === undefined || only === 'pass-role'
    ? [...ofPages, ...(await runPassRole(client, values, told))]
    : ofPages
}

function attemptsOf(chapter: string, of: Chapter, row: Row, values: Values): Attempt[] {
  const policy = policyOf(row, values)
  const request = overlaid(of.request, row.request)
  const base = { chapter, of, row, request }
  const reasons = { ...of.notNeeded, ...row.notNeeded }
  const needed = new Set(row.needed ?? of.needed ?? [])
  const reasonOf = (action: string) => reasons[action] ?? (needed.has(action) ? undefined : reasons['*'])
  return [
    { ...base, what: 'all of it', policy, judge: judgeWhole, early: false },
    ...actionsOf(policy.Statement).map((action) => ({
      ...base,
      what: `without ${action}`,
      policy: without(policy, action),
      judge: (tried: Tried) => judgeWithout(tried, action, reasonOf(action)),
      early: action === 'logs:CreateLogGroup',
      ...(reasonOf(action) === undefined && { awaited: action }),
    })),
    ...(row.neighbours ?? []).map(({ what, request: over, refused }) => ({
      ...base,
      request: overlaid(request, over),
      what,
      policy,
      judge: (tried: Tried) => judgeNeighbour(tried, refused),
      early: false,
    })),
  ]
}

function judgeWhole({ outcome, text, refused }: Tried): Pick<Line, 'verdict' | 'text'> {
  if (outcome === 'succeeded' && refused.length === 0) return { verdict: 'suffices' }
  return { verdict: 'wrong', text: text ?? `went on without ${refused.join(', ')}` }
}

function judgeWithout(
  { outcome, text = '', refused }: Tried,
  action: string,
  reason: string | undefined,
): Pick<Line, 'verdict' | 'text'> {
  // AWS's own sentence may be all that there is: of an image's version, say, `BatchGetImage permission`.
  const named = refused.includes(action) || text.includes(action.split(':')[1]!)
  if (reason !== undefined) {
    const fits = outcome === 'succeeded' && !named
    return fits ? { verdict: 'not needed', text: reason } : { verdict: 'wrong', text: `said to be not needed; ${text}` }
  }
  if (!named) return { verdict: 'wrong', text: outcome === 'failed' ? `not named by: ${text}` : 'nothing lacked it' }
  return outcome === 'failed' ? { verdict: 'needed', text } : { verdict: 'misses', text }
}

function judgeNeighbour({ outcome, text = '', refused }: Tried, action: string): Pick<Line, 'verdict' | 'text'> {
  return outcome === 'failed' && refused.includes(action)
    ? { verdict: 'kept out', text }
    : { verdict: 'wrong', text: outcome === 'failed' ? `${action} is not named by: ${text}` : 'it succeeded' }
}

async function make(admin: Client, caller: Client, attempt: Attempt, values: Values, at: number): Promise<Line> {
  const { chapter, of, row, what, policy, request, judge, awaited } = attempt
  const name = `verify-${at}`
  const role = await roleTrusting(admin, name, 'sagemaker.amazonaws.com')
  const PolicyDocument = JSON.stringify(policy)
  const key = row.onKey && (await keyWith(admin, policy, role))
  if (!key && PolicyDocument.includes('"Action"'))
    await admin.call('iam', 'PutRolePolicy', { RoleName: name, PolicyName: 'page', PolicyDocument })
  const own = await prepared(admin, of, { ...values, ...(key && { key }), role, name })
  const tried = await tryRequest(caller, of, filledIn(request, own), own, awaited)
  return { chapter, row: row.name, what, ...judge(tried) }
}

/** A key with the page's statements for a role, and the one by which its account keeps it; its ARN. */
async function keyWith(admin: Client, policy: { Statement: object[] }, role: string): Promise<string> {
  const { Account } = await admin.call('sts', 'GetCallerIdentity')
  const Principal = { AWS: `arn:aws:iam::${Account}:root` }
  const keeps = { Effect: 'Allow', Principal, Action: 'kms:*', Resource: '*' }
  const whole = JSON.stringify({ ...policy, Statement: [keeps, ...policy.Statement] })
  const Policy = whole.replaceAll('arn:aws:iam::account-id:role/ExecutionRole', role)
  const { KeyMetadata } = await admin.call('kms', 'CreateKey', { Policy })
  return KeyMetadata.Arn as string
}

/** Who makes a chapter's requests: what the role lacks, the caller must not have in its stead. */
function callerOf(admin: Client, name: string, { caller = [] }: Chapter): Promise<Client> {
  const Action = ['sagemaker:*', 'iam:PassRole', 'iam:GetRequestAuthorizationDetails', ...caller]
  return userWith(admin, `verify-${name}`, [{ Effect: 'Allow', Action }])
}

async function inTurn<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  let at = 0
  const worker = async () => {
    while (at < items.length) await work(items[at++]!)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}
