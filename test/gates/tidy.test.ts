/** What types cannot say of the one door, said of the sources: who may mint, who may perform, who may look an operation up. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { describe, it } from 'node:test'
import { serviceNames } from '../../src/services/registry.ts'

const root = resolve(import.meta.dirname, '../..')
const sources = globSync('src/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.test.ts'))

/** A source without its comments. */
const textOf = (file: string): string =>
  readFileSync(resolve(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, '')

const filesWith = (pattern: RegExp): string[] => sources.filter((file) => pattern.test(textOf(file))).sort()

describe('the one door', () => {
  it('has sources', () => assert.ok(sources.length > 100))

  it('mints permits in one place', () => {
    assert.deepEqual(filesWith(/\bas\s+(?:\w+\s+as\s+)*Permit\b|<Permit>/), ['src/door/authorize.ts'])
  })

  it('alone performs', () => {
    // These two are themselves an operation's `perform`, and hand what their permit gives on to a part of it.
    assert.deepEqual(filesWith(/\.perform\b/), [
      'src/door/door.ts',
      'src/services/ec2/ec2-operation.ts',
      'src/services/organizations/organization-operation.ts',
    ])
  })

  it('alone authorizes a whole call', () => {
    assert.deepEqual(filesWith(/\bimport\b[^;'"]*\bauthorize\b[^;'"]*from '[^']*\/authorize\.ts'/), [
      'src/door/door.ts',
    ])
  })

  it('alone looks operations up', () => {
    assert.deepEqual(filesWith(/from '[^']*\/registry\.ts'/), ['src/door/door.ts'])
  })

  it('knows every service that has operations', () => {
    const folders = globSync('src/services/*/operations.ts', { cwd: root }).map((file) => basename(dirname(file)))
    assert.deepEqual(folders.sort(), [...serviceNames].sort())
  })

  it('has no name for Permit but its own', () => {
    assert.deepEqual(filesWith(/\bPermit\s+as\b|=\s*Permit\b/), [])
  })

  it('is checked by patterns that see what they should', () => {
    const mint = /\bas\s+(?:\w+\s+as\s+)*Permit\b|<Permit>/
    for (const text of ['{ call, world } as Permit', 'x as unknown as Permit', '<Permit>x', 'x as\n  Permit'])
      assert.match(text, mint)
    for (const text of ['permit: Permit', 'import type { Permit }', 'as Permitted']) assert.doesNotMatch(text, mint)
  })
})
