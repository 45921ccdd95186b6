import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, it } from 'node:test'
import { openStore } from '../../src/store/sqlite.ts'
import { storeConformance } from './conformance.ts'

const folder = mkdtempSync(join(tmpdir(), 'sallyport-store-'))
after(() => rmSync(folder, { recursive: true, force: true }))
let files = 0
const newFile = () => join(folder, `${files++}.db`)

storeConformance('sqlite in a file', () => openStore(newFile()))
storeConformance('sqlite in memory', () => openStore(':memory:'))
storeConformance('an overlay', () => openStore(':memory:').overlay())
storeConformance('an overlay of an overlay', () => openStore(':memory:').overlay().overlay())
storeConformance('an overlay over other documents', () => {
  const base = openStore(':memory:')
  base.put('k', 'a', { n: 0 })
  base.put('l', '😀', { n: 0 })
  const overlay = base.overlay()
  overlay.delete('k', 'a')
  overlay.delete('l', '😀')
  return overlay
})

describe('a store in a file', () => {
  it('finds its documents again', () => {
    const path = newFile()
    const first = openStore(path)
    first.put('k', 'a', { n: 1 })
    first.put('k', 'a', { n: 2 })
    first.close()
    const again = openStore(path)
    assert.deepEqual(again.row('k', 'a'), { key: 'a', version: 2, value: { n: 2 } })
    again.close()
  })

  it('refuses a file of a newer format, and says what to do', () => {
    const path = newFile()
    openStore(path).close()
    const db = new DatabaseSync(path)
    db.exec('PRAGMA user_version = 99')
    db.close()
    assert.throws(() => openStore(path), /has format 99 and this sallyport knows formats up to \d+: run the newer/)
  })

  it('refuses a file that is no database', () => {
    assert.throws(() => openStore(import.meta.filename), /not a database/)
  })
})
