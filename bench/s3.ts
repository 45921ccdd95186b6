/**
 * Small objects beside other S3 servers, and one large object beside the same file on the same disk:
 *   node bench/s3.ts [--seconds 3] [--rounds 3] [--large-mib 1024] [--only small|large]
 * s3rver (npm) is installed into a temporary folder of the user's cache, moto's server into bench/.venv; neither is a dependency.
 * Ours checks every signature, decides by policy, records the decision, encrypts, and has everything on the disk when it
 * answers; moto keeps objects in memory, s3rver checks signatures and writes files that it does not sync.
 */
import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { connect, signed } from '../src/cli/client.ts'
import { signedMessage } from './requests.ts'
import {
  answers,
  freePort,
  load,
  machine,
  median,
  node,
  spawn,
  startMoto,
  startSallyport,
  stopped,
  type Load,
} from './support.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '3' },
    'large-mib': { type: 'string', default: '1024' },
    only: { type: 'string' },
  },
})
const seconds = Number(values.seconds)
const rounds = Number(values.rounds)
const MIB = 1024 * 1024
const KEYS = 500
const bucket = 'bench-bucket'
const body = 'x'.repeat(4096)

interface Target {
  name: string
  url: string
  env: Record<string, string>
  stop(): Promise<unknown>
}

const lines: string[] = [`# S3`, '', `\`node bench/s3.ts\` on ${machine()}; medians of ${rounds} rounds in turn.`, '']
if (values.only !== 'large') await small()
if (values.only !== 'small') await large()
process.stdout.write(`${lines.join('\n')}\n`)
if (values.only === undefined) writeFileSync('bench/results/s3.md', `${lines.join('\n')}\n`)

async function small(): Promise<void> {
  const targets = [await sallyport(), await s3rver(), await moto()]
  const key = (n: number) => `folder-${n % 10}/object-${n}`
  for (const { url, env } of targets) {
    const client = connect({ ...env, AWS_ENDPOINT_URL: url })
    await client.call('s3', 'CreateBucket', { Bucket: bucket })
    for (let n = 0; n < KEYS; n++)
      await client.call('s3', 'PutObject', { Bucket: bucket, Key: key(n), Body: Buffer.from(body) })
  }
  const message = ({ url, env }: Target, operation: string, input: object) =>
    signedMessage(url, env, 's3', operation, { Bucket: bucket, ...input })
  const numbers = Array.from({ length: KEYS }, (_, n) => n)
  const kinds: Record<string, (target: Target) => string[]> = {
    'PUT 4 KiB': (target) => numbers.map((n) => message(target, 'PutObject', { Key: key(n), Body: Buffer.from(body) })),
    'GET 4 KiB': (target) => numbers.map((n) => message(target, 'GetObject', { Key: key(n) })),
    'LIST 100 of 500': (target) => [message(target, 'ListObjectsV2', { MaxKeys: 100 })],
  }
  lines.push(
    '| | in flight | ' + targets.map(({ name }) => `${name} /s | p50 ms`).join(' | ') + ' | ahead of the best other |',
  )
  lines.push('|---|---:|' + targets.map(() => '---:|---:|').join('') + '---:|')
  for (const [kind, requests] of Object.entries(kinds)) {
    for (const connections of [1, 16]) {
      const results = targets.map((): Load[] => [])
      for (let round = 0; round < rounds; round++) {
        for (const [index, target] of targets.entries()) {
          const result = await load(target.url, requests(target), seconds, connections)
          if (result.errors && index === 0) throw new Error(`${kind}: ${result.errors} answers were no success`)
          // What another server refuses under load counts for it as if it had been served.
          if (result.errors) process.stderr.write(`${target.name}, ${kind}: ${result.errors} answers were no success\n`)
          results[index]!.push(result)
        }
      }
      const rates = results.map((all) => median(all.map(({ perSecond }) => perSecond)))
      const p50 = results.map((all) => median(all.map(({ p50Ms }) => p50Ms)))
      const ahead = rates[0]! / Math.max(...rates.slice(1))
      lines.push(
        `| ${kind} | ${connections} | ` +
          rates.map((rate, at) => `${rate} | ${p50[at]!.toFixed(2)}`).join(' | ') +
          ` | ${ahead.toFixed(2)} |`,
      )
      process.stderr.write(`${lines.at(-1)}\n`)
    }
  }
  lines.push('')
  for (const target of targets) await target.stop()
}

async function sallyport(): Promise<Target> {
  const server = await startSallyport()
  return { name: 'Sallyport', url: server.url, env: server.env, stop: () => server.stop() }
}

async function s3rver(): Promise<Target> {
  const home = join(homedir(), '.cache', 'sallyport-bench', 's3rver')
  if (!existsSync(join(home, 'node_modules', 's3rver'))) {
    mkdirSync(home, { recursive: true })
    writeFileSync(join(home, 'package.json'), '{"private":true}')
    execFileSync('npm', ['install', '--silent', '--no-audit', 's3rver@3.7.1'], { cwd: home, stdio: 'inherit' })
  }
  const port = await freePort()
  const data = mkdtempSync(join(tmpdir(), 'sallyport-s3rver-'))
  const args = ['node_modules/s3rver/bin/s3rver.js', '-d', data, '-a', '127.0.0.1', '-p', String(port), '--silent']
  const child = spawn(node, args, { cwd: home, stdio: 'ignore' })
  const url = `http://127.0.0.1:${port}`
  await answers(url)
  const stop = async () => {
    await stopped(child)
    rmSync(data, { recursive: true, force: true })
  }
  return { name: 's3rver', url, env: { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' }, stop }
}

async function moto(): Promise<Target> {
  const { url, process: child } = await startMoto()
  return {
    name: 'moto',
    url,
    env: { AWS_ACCESS_KEY_ID: 'testing', AWS_SECRET_ACCESS_KEY: 'testing' },
    stop: () => stopped(child),
  }
}

/** The same file, copied by a bare program and put into S3; read by a bare program and got from S3. Both have it in the page cache. */
async function large(): Promise<void> {
  const size = Number(values['large-mib']) * MIB
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))
  const source = join(folder, 'source')
  const sum = createHash('sha256')
  const piece = randomBytes(MIB)
  execFileSync('truncate', ['-s', '0', source])
  for (let at = 0; at < size; at += MIB) {
    piece.writeUInt32BE(at / MIB)
    sum.update(piece)
    writeFileSync(source, piece, { flag: 'a' })
  }
  const sha256 = sum.digest('hex')
  const ours = await startSallyport()
  await ours.client.call('s3', 'CreateBucket', { Bucket: bucket })
  const before = peak(ours.process.pid!)
  const took = {
    barePut: [] as number[],
    put: [] as number[],
    bareGet: [] as number[],
    bareBoth: [] as number[],
    get: [] as number[],
  }
  for (let round = 0; round <= rounds; round++) {
    const one = {
      barePut: bare('write', source, join(folder, 'copy')),
      put: await transfer(ours, 'PUT', `/${bucket}/large-${round}`, source, size, sha256),
      bareGet: bare('read', join(folder, 'copy')),
      bareBoth: bare('read both', join(folder, 'copy')),
      get: await transfer(ours, 'GET', `/${bucket}/large-${round}`, source, size, sha256),
    }
    await ours.client.call('s3', 'DeleteObject', { Bucket: bucket, Key: `large-${round}` })
    process.stderr.write(`${JSON.stringify(one)}\n`)
    if (round === 0) continue // warm-up
    for (const name of Object.keys(took) as (keyof typeof took)[]) took[name].push(one[name])
  }
  const growth = (peak(ours.process.pid!) - before) / MIB
  await ours.stop()
  rmSync(folder, { recursive: true, force: true })
  const rate = (name: keyof typeof took) => size / MIB / median(took[name])
  const row = (name: string, of: keyof typeof took, base: keyof typeof took) =>
    `| ${name} | ${rate(of).toFixed(0)} | ${(rate(of) / rate(base)).toFixed(2)} |`
  lines.push(
    `| ${size / MIB} MiB | MiB/s | of bare |`,
    '|---|---:|---:|',
    row('bare: read the source, MD5 and SHA-256, write, fsync', 'barePut', 'barePut'),
    row('S3 PutObject, payload signed (SHA-256), ETag (MD5), encrypted, synced', 'put', 'barePut'),
    row('bare: read the file, MD5 and SHA-256 (the checksums of the PUT)', 'bareBoth', 'bareBoth'),
    row('S3 GetObject, decrypted, every chunk authenticated', 'get', 'bareBoth'),
    row('bare: read the file, SHA-256 alone', 'bareGet', 'bareGet'),
    row('the same GetObject beside it', 'get', 'bareGet'),
    '',
    `Peak memory of the server grew by ${growth.toFixed(0)} MiB while ${rounds + 1} × ${size / MIB} MiB went in and out.`,
  )
}

/** Seconds that a program of its own takes. */
function bare(what: 'write' | 'read' | 'read both', from: string, to = ''): number {
  const script = `
    const { openSync, readSync, writeSync, fsyncSync, closeSync } = require('node:fs'), { createHash } = require('node:crypto')
    const [what, from, to] = process.argv.slice(1), buffer = Buffer.alloc(1 << 20)
    const at = performance.now(), input = openSync(from), output = what === 'write' ? openSync(to, 'w') : 0
    const md5 = createHash('md5'), sha256 = createHash('sha256')
    for (let n; (n = readSync(input, buffer)) > 0; ) {
      const piece = buffer.subarray(0, n)
      sha256.update(piece)
      if (what !== 'read') md5.update(piece)
      if (output) writeSync(output, piece)
    }
    if (output) fsyncSync(output), closeSync(output)
    md5.digest(), sha256.digest()
    console.log((performance.now() - at) / 1000)`
  return Number(execFileSync(node, ['-e', script, what, from, to], { encoding: 'utf8' }))
}

type Server = Awaited<ReturnType<typeof startSallyport>>

/** One transfer by a client of its own process; resolves to seconds. */
function transfer(
  server: Server,
  method: 'PUT' | 'GET',
  path: string,
  source: string,
  size: number,
  sha256: string,
): Promise<number> {
  const script = `
    const { createReadStream } = require('node:fs'), { request } = require('node:http')
    const { options, source } = JSON.parse(process.argv[1]), at = performance.now()
    const message = request(options, (response) => {
      let size = 0
      response.on('data', (piece) => (size += piece.length))
      response.on('error', (error) => { throw error })
      response.on('end', () => console.log(JSON.stringify({ status: response.statusCode, size, seconds: (performance.now() - at) / 1000 })))
    })
    if (options.method === 'PUT') createReadStream(source, { highWaterMark: 1 << 20 }).pipe(message)
    else message.end()`
  const { hostname, port } = new URL(server.url)
  const headers = signedHeaders(server, method, path, method === 'PUT' ? sha256 : undefined)
  const options = {
    host: hostname,
    port,
    method,
    path,
    headers: { ...headers, 'content-length': method === 'PUT' ? size : 0 },
  }
  return new Promise((resolve, reject) => {
    const child = spawn(node, ['-e', script, JSON.stringify({ options, source })], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let out = ''
    child.stdout!.on('data', (text: Buffer) => (out += text.toString()))
    child.once('exit', () => {
      const result = JSON.parse(out || '{}') as { status?: number; size: number; seconds: number }
      if (result.status !== 200 || (method === 'GET' && result.size !== size)) reject(new Error(`${method}: ${out}`))
      else resolve(result.seconds)
    })
  })
}

/** The payload's hash is signed without the payload at hand. */
function signedHeaders({ url, env }: Server, method: string, path: string, sha256?: string): Record<string, string> {
  const keys = {
    accessKeyId: env['AWS_ACCESS_KEY_ID']!,
    secretAccessKey: env['AWS_SECRET_ACCESS_KEY']!,
    sessionToken: undefined,
  }
  const call = { method, path, query: '', headers: {}, body: Buffer.alloc(0) }
  return signed(call, url, keys, { region: 'us-east-1', service: 's3' }, sha256).headers
}

/** The most memory that a process has had, in bytes. */
function peak(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024
}
