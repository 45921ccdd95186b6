/** The page about the documented roles says what the engine says today. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { roleMatrix } from '../../scripts/role-matrix.ts'

const page = readFileSync(new URL('../../docs/reference/role-matrix.md', import.meta.url), 'utf8')

test('docs/reference/role-matrix.md is up to date; if not: node scripts/role-matrix.ts', () => {
  assert.equal(page, roleMatrix())
})

/** The cells of a row by column code. */
function row(label: string): Record<string, string> {
  const cells = (line: string) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim())
  const lines = page.split('\n')
  const at = lines.findIndex((line) => line.startsWith(`| ${label} |`))
  const head = lines.slice(0, at).findLast((line, before) => lines[before + 1]?.startsWith('| --- '))!
  const codes = cells(head)
  return Object.fromEntries(cells(lines[at]!).map((cell, column) => [codes[column], cell]))
}

test('what the page of SageMaker’s roles says, read from the matrix', () => {
  const training = row('Training job')
  assert.equal(training['its page’s policy'], '✓')
  assert.equal(training['scoped'], '✓')
  assert.match(training['FullAccess']!, /^lacks `s3:GetObject`, `s3:PutObject`$/)
  assert.equal(training['FullAccess, bucket named `sagemaker-…`'], '✓')
  // R2: object actions by name only, GetObject by tag; ListBucket everywhere.
  assert.match(row('`s3:GetObject`')['FA']!, /^if/)
  assert.equal(row('`s3:PutObject`')['FA'], '')
  assert.equal(row('`s3:ListBucket`')['FA'], '●')
  assert.equal(row('`s3:PutObject` (bucket named `sagemaker-…`)')['FA'], '◐')
  // R3: its PutObjectAcl on bare bucket ARNs matches no object.
  assert.equal(row('`s3:PutObjectAcl`')['2B'], '')
  assert.equal(row('`s3:GetObject`')['2B'], '◐')
  // R5: a role is passed to SageMaker only.
  assert.match(row('`iam:PassRole`')['NB']!, /^if/)
})
