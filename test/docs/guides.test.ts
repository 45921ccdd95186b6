/**
 * The guides are true: every `sh` block of docs/guides runs as it stands, in order, in one shell a guide, in a folder of its own
 * beside a server of its own. What a block prints is what the `text` block after it says, ids and times aside; a block
 * without one may print what it likes, but none of its commands fails.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, delimiter, join, resolve } from 'node:path'
import { describe, test } from 'node:test'
import { startTestServer } from '../support/server.ts'

const root = resolve(import.meta.dirname, '../..')

/** The port of the guides' issuer; each run takes a free one in its stead. */
const ISSUER = '8443'

interface Step {
  line: number
  commands: string
  /** What it prints, where the guide shows it. */
  shown: string | undefined
}

function stepsOf(guide: string): Step[] {
  const steps: Step[] = []
  for (const { index, 1: language, 2: body = '' } of guide.matchAll(/^```(\w+)\n(.*?)^```$/gms)) {
    if (language === 'sh')
      steps.push({ line: guide.slice(0, index).split('\n').length, commands: body, shown: undefined })
    else if (language === 'text' && steps.length > 0) steps.at(-1)!.shown ??= body
  }
  return steps
}

/** Ends the output of each step: its number, and whether a command failed. */
const END = '\u0001'

function scriptOf(steps: readonly Step[]): string {
  const blocks = steps.map(({ commands }, at) => `failed=0\n${commands}\nprintf '\\n${END}%s %s\\n' ${at} $failed\n`)
  return `set -E\ntrap 'failed=1' ERR\n${blocks.join('')}`
}

/** Names for what is another in each run. */
const changing: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '(request id)'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '(key id)'],
  [/\bsha256:[0-9a-f]{64}\b/g, '(digest)'],
  [/\b0[0-9a-z]{24}\b/g, '(authorization id)'],
  [/\b(?!123456789012)\d{12}\b/g, '(account)'],
  [/\bA(?:RO|ID|KI|SI)A[A-Z2-7]{16,17}\b/g, '(unique id)'],
  [/\b(?:o|p|r|ou)-[a-z0-9]{4,32}(?:-[a-z0-9]{8,32})?\b/g, '(organization id)'],
  [/\b(vpce?|subnet|eni|sg|rtb|acl)-[0-9a-f]{17}\b/g, '($1 id)'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '(time)'],
  [/\b\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d\b/g, '(time)'],
  [/\b(\d+) of \1 cases pass$/gm, 'all cases pass'],
  [/\bbotocore-session-\d+/g, 'botocore-session-(time)'],
]

function stable(text: string): string[] {
  const named = changing.reduce((all, [pattern, name]) => all.replace(pattern, name), text)
  return named
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
}

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return String(port)
}

/** A clone as far as the guides see it: links, and copies of the examples, as a link would lead out of an image. */
function layOut(folder: string, port: string): void {
  for (const name of ['sallyport', 'corpus', 'node_modules', 'package.json', 'src'])
    symlinkSync(join(root, name), join(folder, name))
  for (const example of readdirSync(join(root, 'examples'))) {
    mkdirSync(join(folder, 'examples', example), { recursive: true })
    for (const name of readdirSync(join(root, 'examples', example))) {
      const [from, to] = [root, folder].map((base) => join(base, 'examples', example, name)) as [string, string]
      if (name === 'trust.json') writeFileSync(to, readFileSync(from, 'utf8').replaceAll(ISSUER, port))
      else cpSync(from, to, { recursive: true })
    }
  }
}

/** Everything that the script prints, and its exit code. What it left running is ended. */
async function shell(script: string, folder: string): Promise<string> {
  const out = join(folder, '.output')
  const file = openSync(out, 'w')
  const path = `${join(root, '.venv/bin')}${delimiter}${process.env['PATH'] ?? ''}`
  const env = { PATH: path, HOME: folder, AWS_PAGER: '', AWS_EC2_METADATA_DISABLED: 'true', LANG: 'C.UTF-8' }
  const child = spawn('bash', ['-c', script], { cwd: folder, env, stdio: ['ignore', file, file], detached: true })
  await once(child, 'exit')
  closeSync(file)
  try {
    process.kill(-child.pid!)
  } catch {
    // Nothing was left.
  }
  return readFileSync(out, 'utf8')
}

describe('docs/guides', { concurrency: 2 }, () => {
  for (const path of globSync('docs/guides/*.md', { cwd: root }).sort()) {
    test(basename(path), async () => {
      const folder = mkdtempSync(join(tmpdir(), 'sallyport-guide-'))
      const server = await startTestServer({ dataDir: join(folder, '.sallyport') })
      try {
        const port = await freePort()
        layOut(folder, port)
        const steps = stepsOf(readFileSync(join(root, path), 'utf8'))
        const output = await shell(scriptOf(steps).replaceAll(ISSUER, port), folder)
        const printed = output.replaceAll(port, ISSUER).split(new RegExp(`${END}(\\d+ \\d)\\n`))
        for (const [at, { line, shown }] of steps.entries()) {
          const where = `${path}:${line}`
          const [text = '', end] = printed.slice(at * 2)
          assert.ok(end?.startsWith(`${at} `), `${where}: the shell ended here\n${text}`)
          if (shown === undefined) assert.equal(end, `${at} 0`, `${where}: a command failed\n${text}`)
          else assert.deepEqual(stable(text), stable(shown), where)
        }
      } finally {
        await server.close()
        rmSync(folder, { recursive: true, force: true })
      }
    })
  }
})
