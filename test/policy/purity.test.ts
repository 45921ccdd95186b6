/** `src/policy` and `src/network` are pure: they import nothing but their own modules, and each other's types. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { test } from 'node:test'

const root = resolve(import.meta.dirname, '../..')

/** `import … from 'x'`, `export … from 'x'`, bare `import 'x'` and `import('x')`, with what makes it a type import. */
const IMPORT =
  /^\s*(?:import|export)\s+(type\b)?[^;'"]*?\bfrom\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm

export function foreignImports(file: string, text: string, folder: string): string[] {
  const found: string[] = []
  for (const [statement, type, from, bare, dynamic] of text.matchAll(IMPORT)) {
    if (type) continue
    const specifier = from ?? bare ?? dynamic!
    const target = specifier.startsWith('.') ? relative(folder, resolve(dirname(file), specifier)) : specifier
    if (!specifier.startsWith('.') || target.startsWith('..'))
      found.push(`${relative(root, file)}: ${statement.trim()}`)
  }
  return found
}

/** Clocks, randomness and the process: reachable without an import. */
const IMPURE =
  /\b(?:Date\.now|new Date\(\)|Math\.random|performance\.|process\.|globalThis|crypto\.|fetch\(|setTimeout|setInterval|Buffer\b|require\()/

for (const room of ['policy', 'network']) {
  const folder = resolve(root, 'src', room)
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => resolve(folder, name))

  test(`src/${room} imports nothing but itself`, () => {
    assert.ok(files.length > 0)
    assert.deepEqual(
      files.flatMap((file) => foreignImports(file, readFileSync(file, 'utf8'), folder)),
      [],
    )
  })

  test(`src/${room} knows no clock, no chance and no process`, () => {
    const found = files.flatMap((file) =>
      readFileSync(file, 'utf8')
        .replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
        .split('\n')
        .filter((line) => IMPURE.test(line))
        .map((line) => `${relative(root, file)}: ${line.trim()}`),
    )
    assert.deepEqual(found, [])
  })
}

test('the check sees what it should', () => {
  const folder = resolve(root, 'src/policy')
  const file = resolve(folder, 'x.ts')
  const bad = [
    "import { readFileSync } from 'node:fs'",
    "import 'pino'",
    "import {\n  a,\n} from '../store/store.ts'",
    "const fs = await import('node:fs')",
    "export { b } from 'ipaddr.js'",
  ]
  for (const text of bad) assert.equal(foreignImports(file, text, folder).length, 1, text)
  for (const text of ["import type { A } from '../network/types.ts'", "import { glob } from './glob.ts'"])
    assert.deepEqual(foreignImports(file, text, folder), [])
})
