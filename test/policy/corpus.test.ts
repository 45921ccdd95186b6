/** Runs `corpus/policy`: the cases are data, this is only their reader. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { suite, test } from 'node:test'
import { compile, denialSentence, evaluate, lint, parsePolicy, PolicySyntaxError } from '../../src/policy/policy.ts'
import type {
  CompiledPolicy,
  ContextValues,
  Decision,
  Finding,
  Grammar,
  PolicySet,
  Principal,
} from '../../src/policy/policy.ts'
import { decideNaively } from './naive.ts'
import type { Doc, Sources } from './naive.ts'

const corpus = resolve(import.meta.dirname, '../../corpus/policy')
const read = (file: string): unknown => JSON.parse(readFileSync(resolve(corpus, file), 'utf8'))

type PolicyEntry = Doc | { id: string; document: Doc } | { file: string; replace?: Record<string, string> }

interface Case {
  name: string
  source: string
  principal: Principal
  action: string
  resource: string
  resourceAccount: string
  context: ContextValues
  policies: {
    identity: PolicyEntry[]
    boundary?: PolicyEntry
    session?: PolicyEntry[]
    resource?: PolicyEntry
    resourceType?: 'resource' | 'trust'
    resourceRequired?: boolean
    endpoint?: PolicyEntry
    scp?: PolicyEntry[][]
    rcp?: PolicyEntry[][]
  }
  expect: Pick<Decision, 'effect' | 'decidedBy'> & { missing?: string[]; sentence?: string }
}

function textOf(entry: PolicyEntry): string {
  if ('document' in entry) return JSON.stringify(entry.document)
  if (!('file' in entry)) return JSON.stringify(entry)
  let text = readFileSync(resolve(corpus, entry.file), 'utf8')
  for (const [from, to] of Object.entries(entry.replace ?? {})) {
    assert.ok(text.includes(from), `nothing to replace: ${from}`)
    text = text.replaceAll(from, to)
  }
  return text
}

/** The layers with every entry made into something. */
function mapLayers<T>(policies: Case['policies'], make: (entry: PolicyEntry, grammar: Grammar) => T) {
  const { boundary, session, resource, endpoint, scp, rcp, ...rest } = policies
  const all = (entries: PolicyEntry[], grammar: Grammar) => entries.map((entry) => make(entry, grammar))
  return {
    ...rest,
    identity: all(policies.identity, 'identity'),
    ...(boundary && { boundary: make(boundary, 'identity') }),
    ...(session && { session: all(session, 'identity') }),
    ...(resource && { resource: make(resource, policies.resourceType ?? 'resource') }),
    ...(endpoint && { endpoint: make(endpoint, 'endpoint') }),
    ...(scp && { scp: scp.map((level) => all(level, 'scp')) }),
    ...(rcp && { rcp: rcp.map((level) => all(level, 'rcp')) }),
  }
}

function compileEntry(entry: PolicyEntry, grammar: Grammar): CompiledPolicy {
  const id = 'id' in entry ? entry.id : 'inline:case'
  return compile(textOf(entry), { id, managed: id.startsWith('arn:'), grammar })
}

for (const file of readdirSync(resolve(corpus, 'cases'))) {
  suite(`corpus/policy/cases/${file}`, () => {
    for (const { name, policies, expect, context, ...asked } of read(`cases/${file}`) as Case[]) {
      test(name, () => {
        const request = { ...asked, context: (key: string) => context[key] }
        const set: PolicySet = mapLayers(policies, compileEntry)
        const decision = evaluate(request, set)
        const { effect, decidedBy, missing, sentence } = expect
        assert.deepEqual({ effect: decision.effect, decidedBy: decision.decidedBy }, { effect, decidedBy })
        if (missing) assert.deepEqual(decision.missing, missing)
        if (sentence) assert.equal(denialSentence(request, decision), sentence)
        const sources: Sources = mapLayers(policies, (entry) => JSON.parse(textOf(entry)) as Doc)
        assert.deepEqual(decideNaively(request, sources), { effect, decidedBy }, 'the naive interpreter')
      })
    }
  })
}

type Text = { text?: string; document?: object; file?: string }
const plainText = ({ text, document, file }: Text) =>
  text ?? (file ? readFileSync(resolve(corpus, file), 'utf8') : JSON.stringify(document))

suite('corpus/policy/syntax.json', () => {
  type SyntaxCase = Text & { name: string; grammar: Grammar; expect: { ok: true } | { error: string } }
  for (const { name, grammar, expect, ...source } of read('syntax.json') as SyntaxCase[]) {
    test(name, () => {
      const parse = () => parsePolicy(plainText(source), grammar)
      if ('ok' in expect) assert.doesNotThrow(parse)
      else assert.throws(parse, (error) => error instanceof PolicySyntaxError && error.message === expect.error)
    })
  }
})

suite('corpus/policy/lint.json', () => {
  type LintCase = Text & { name: string; grammar: Grammar; knownActions?: string[]; expect: Partial<Finding>[] }
  for (const { name, grammar, knownActions, expect, ...source } of read('lint.json') as LintCase[]) {
    test(name, () => {
      const findings = lint(plainText(source), {
        grammar,
        ...(knownActions && { knownActions: (action) => knownActions.includes(action) }),
      })
      const shown = findings.map((finding, at) =>
        Object.fromEntries(Object.keys(expect[at] ?? { code: '' }).map((key) => [key, finding[key as keyof Finding]])),
      )
      assert.deepEqual(shown, expect)
    })
  }
})
