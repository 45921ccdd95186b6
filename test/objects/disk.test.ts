import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, describe, it } from 'node:test'
import { diskObjects } from '../../src/objects/disk.ts'
import { openVault } from '../../src/store/vault.ts'
import { conform, content, pieces } from './conformance.ts'

const root = mkdtempSync(join(tmpdir(), 'sallyport-objects-'))
after(() => rmSync(root, { recursive: true, force: true }))
let folders = 0
const newDir = () => join(root, `objects-${folders++}`)
const vault = openVault(Buffer.alloc(32, 7))

const files = (dir: string) =>
  (readdirSync(dir, { recursive: true }) as string[])
    .map((name) => join(dir, name))
    .filter((path) => statSync(path).isFile())

// oxlint-disable-next-line require-await -- other stores are asked over the network
conform('disk', async () => {
  const dir = newDir()
  const pathOf = (id: string) => join(dir, id.slice(0, 2), id)
  return {
    objects: diskObjects(dir, vault),
    ids: () => Promise.resolve(files(dir).map((path) => basename(path))),
    raw: (id) => Promise.resolve(readFileSync(pathOf(id))),
    overwrite: (id, bytes) => Promise.resolve(writeFileSync(pathOf(id), bytes)),
  }
})

describe('the disk', () => {
  it('is cleared of what a dead process had staged, and not of what is being written', async () => {
    const dir = newDir()
    const objects = diskObjects(dir, vault)
    await objects.recover()
    writeFileSync(join(dir, 'staging', 'abandoned'), 'half')
    const bytes = randomBytes(300_000)
    let recovered = false
    const stored = await objects.write(
      (async function* () {
        yield bytes.subarray(0, 100_000)
        await objects.recover()
        recovered = true
        yield bytes.subarray(100_000)
      })(),
    )
    assert.ok(recovered)
    assert.deepEqual(readdirSync(join(dir, 'staging')), [])
    assert.deepEqual(await content(objects.read(stored)), bytes)
  })

  it('that cannot be read fails with its own error', async () => {
    const dir = newDir()
    const objects = diskObjects(dir, vault)
    const stored = await objects.write(pieces(randomBytes(10)))
    rmSync(files(dir)[0]!)
    execFileSync('mkdir', [join(dir, stored.id.slice(0, 2), stored.id)])
    await assert.rejects(content(objects.read(stored)), { code: 'EISDIR' })
  })

  it('that is full is an error that leaves nothing behind', () => {
    // A file-size limit stands in for the full disk: the write comes back short, then fails.
    const dir = newDir()
    const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href)
    const program = `
      process.on('SIGXFSZ', () => {})
      const { diskObjects } = await import(${url('../../src/objects/disk.ts')})
      const { openVault } = await import(${url('../../src/store/vault.ts')})
      const objects = diskObjects(${JSON.stringify(dir)}, openVault(Buffer.alloc(32)))
      async function* source() { for (let n = 0; n < 50; n++) yield Buffer.alloc(100_000) }
      await objects.write(source()).then(() => console.log('written'), (error) => console.log(error.constructor.name, error.cause.code))`
    const output = execFileSync('bash', [
      '-c',
      'ulimit -f 2000; exec "$0" "$@"',
      process.execPath,
      '--input-type=module',
      '-e',
      program,
    ])
    assert.equal(output.toString(), 'StoreFull EFBIG\n')
    assert.deepEqual(files(dir), [])
  })
})
