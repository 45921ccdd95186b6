/** Runs `corpus/policy`: the cases are data, this is only their reader. */
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { compileGrant } from '../../src/policy/grant.ts'
import { compile, denialSentence, evaluate, parsePolicy, PolicySyntaxError } from '../../src/policy/policy.ts'
import type { CompiledPolicy, Grammar, PolicySet } from '../../src/policy/policy.ts'
import { caseFiles, corpusText, mapLayers, readCorpus, textOf } from './cases.ts'
import type { PolicyEntry } from './cases.ts'
import { decideNaively } from './naive.ts'
import type { Doc, Sources } from './naive.ts'

function compileEntry(entry: PolicyEntry, grammar: Grammar): CompiledPolicy {
  const id = 'id' in entry ? entry.id : 'inline:case'
  return compile(textOf(entry), { id, managed: id.startsWith('arn:'), grammar })
}

for (const { file, cases } of caseFiles()) {
  suite(`corpus/policy/cases/${file}`, () => {
    for (const { name, policies, expect, context, source, ...asked } of cases) {
      test(name, () => {
        assert.ok(source, 'a case says what its expectation rests on')
        const request = { ...asked, context: (key: string) => context[key] }
        const { grants, ...compiled } = mapLayers(policies, compileEntry)
        const set: PolicySet = {
          ...compiled,
          ...(grants && { grants: grants.map((grant) => compileGrant({ id: 'grant:case', ...grant })) }),
        }
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
const plainText = ({ text, document, file }: Text) => text ?? (file ? corpusText(file) : JSON.stringify(document))

suite('corpus/policy/syntax.json', () => {
  type SyntaxCase = Text & { name: string; grammar: Grammar; expect: { ok: true } | { error: string } }
  for (const { name, grammar, expect, ...source } of readCorpus('syntax.json') as SyntaxCase[]) {
    test(name, () => {
      const parse = () => parsePolicy(plainText(source), grammar)
      if ('ok' in expect) assert.doesNotThrow(parse)
      else assert.throws(parse, (error) => error instanceof PolicySyntaxError && error.message === expect.error)
    })
  }
})
