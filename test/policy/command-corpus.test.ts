/** The corpus once more, as users meet it: through `sallyport policy lint` and `sallyport policy compare`. */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { after, before, test } from 'node:test'
import { run } from '../clients/command.ts'

const corpus = resolve(import.meta.dirname, '../../corpus')
const read = <T>(file: string) => JSON.parse(readFileSync(join(corpus, file), 'utf8')) as T

let folder: string
before(() => (folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'))))
after(() => rmSync(folder, { recursive: true, force: true }))

function policy(...args: string[]) {
  return run([process.execPath, '--disable-warning=ExperimentalWarning', 'src/main.js', 'policy', ...args], {
    NO_COLOR: '1',
  })
}

interface LintCase {
  name: string
  type: string
  file?: string
  document?: object
  text?: string
  expect: { code: string }[]
}

function textOf({ file, document, text }: LintCase): string {
  if (text !== undefined) return text
  return file === undefined ? JSON.stringify(document, null, 2) : readFileSync(join(corpus, 'policy', file), 'utf8')
}

for (const [type, cases] of Map.groupBy(read<LintCase[]>('policy/lint.json'), (one) => one.type)) {
  test(`policy lint --type ${type}: ${cases.length} documents of the corpus`, async () => {
    const files = cases.map((one, at) => {
      const file = join(folder, `${type}-${at}.json`)
      writeFileSync(file, textOf(one))
      return file
    })
    const { code, stdout } = await policy('lint', '--type', type, '--format', 'json', ...files)
    const found = JSON.parse(stdout) as { file: string; findings: { code: string }[] }[]
    const codes = (findings: readonly { code: string }[]) => findings.map((one) => one.code).toSorted()
    assert.deepEqual(
      found.map(({ file, findings }) => [basename(file), codes(findings)]),
      cases.map((one, at) => [`${type}-${at}.json`, codes(one.expect)]),
    )
    assert.equal(code, cases.some(({ expect }) => expect.length > 0) ? 3 : 0)
  })
}

interface CompareCase {
  name: string
  grammar?: string
  a: object
  b: object
  expect: { relation: string }
}

/** Some of AWS's pages print a statement alone. */
function documentOf(entry: object | { file: string }): object {
  if (!('file' in entry)) return entry
  const document = read<object>(`policy/documents/${entry.file}`)
  return 'Statement' in document ? document : { Version: '2012-10-17', Statement: { Resource: '*', ...document } }
}

/** A is at most as permissive as B, or more. */
const exitCodes: Readonly<Record<string, number>> = { equal: 0, narrower: 0, broader: 2, incomparable: 2 }

for (const file of readdirSync(join(corpus, 'compare')).filter((name) => name.endsWith('.json'))) {
  test(`policy compare: corpus/compare/${file}`, { concurrency: 2 }, async (t) => {
    await Promise.all(
      read<CompareCase[]>(`compare/${file}`)
        // The command takes one document on each side.
        .filter(({ a, b }) => !Array.isArray(a) && !Array.isArray(b))
        .map(({ name, grammar = 'identity', a, b, expect }, at) =>
          t.test(name, async () => {
            const [one, other] = [a, b].map((document, side) => {
              const path = join(folder, `${basename(file, '.json')}-${at}-${side}.json`)
              writeFileSync(path, JSON.stringify(documentOf(document)))
              return path
            })
            const { code, stdout, stderr } = await policy('compare', one!, other!, '--type', grammar)
            if (expect.relation !== 'unknown') return assert.equal(code, exitCodes[expect.relation], stdout + stderr)
            // One of the two directions cannot be told.
            const { code: back } = await policy('compare', other!, one!, '--type', grammar)
            assert.ok([code, back].includes(3), stdout + stderr)
          }),
        ),
    )
  })
}
