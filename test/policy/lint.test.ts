/** Runs `corpus/policy/lint.json`, and holds findings, their cases and their page together. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { suite, test } from 'node:test'
import { catalogue } from '../../src/policy/lint/catalogue.ts'
import { lint } from '../../src/policy/policy.ts'
import type { Finding, PolicyType } from '../../src/policy/policy.ts'
import { serviceReference } from '../../src/services/iam/service-reference.ts'

const root = resolve(import.meta.dirname, '../..')
const corpus = resolve(root, 'corpus/policy')

interface LintCase {
  name: string
  type: PolicyType
  text?: string
  document?: object
  file?: string
  expect: Partial<Finding>[]
}

const cases = JSON.parse(readFileSync(resolve(corpus, 'lint.json'), 'utf8')) as LintCase[]
const reference = serviceReference()

suite('corpus/policy/lint.json', () => {
  for (const { name, type, expect, text, document, file } of cases) {
    test(name, () => {
      const source = text ?? (file ? readFileSync(resolve(corpus, file), 'utf8') : JSON.stringify(document))
      const shown = lint(source, { type, reference }).map((finding, at) =>
        Object.fromEntries(Object.keys(expect[at] ?? { code: '' }).map((key) => [key, finding[key as keyof Finding]])),
      )
      assert.deepEqual(shown, expect)
    })
  }
})

test('every finding has a case', () => {
  const shown = new Set(cases.flatMap(({ expect }) => expect.map(({ code }) => code)))
  assert.deepEqual(
    Object.keys(catalogue).filter((code) => !shown.has(code as Finding['code'])),
    [],
  )
})

test('every finding stands on its page, as it is', () => {
  const rows = new Set(readFileSync(resolve(root, 'docs/reference/lint.md'), 'utf8').split('\n'))
  const missing = Object.entries(catalogue)
    .map(([code, [severity, sentence]]) => `| \`${code}\` | ${severity} | ${sentence.replaceAll('|', '\\|')} |`)
    .filter((row) => !rows.delete(row))
  assert.deepEqual(missing, [])
  assert.deepEqual(
    [...rows].filter((row) => /^\| `[A-Z_]+` \|/.test(row)),
    [],
    'findings that are no more',
  )
})

test('without the reference no name is looked up', () => {
  const document = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'x:Y', Resource: '*' } }
  assert.deepEqual(lint(JSON.stringify(document)), [])
})
