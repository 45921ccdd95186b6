/**
 * 64 MiB through S3 beside the same bytes piped by a bare node:http server to and from a file:
 *   node bench/objects.ts [--rounds 5]
 * Ours checks the signature and the payload's hash, keeps MD5 and SHA-256, syncs and renames; the bare one only pipes.
 */
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { signed } from '../src/cli/client.ts'
import { firstLine, machine, median, node, spawn, startSallyport, stopped } from './support.ts'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } })
const rounds = Number(values.rounds)
const bytes = randomBytes(64 * 1024 * 1024)
const sha256 = createHash('sha256').update(bytes).digest('hex')
const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))

const bareScript = `
const { createServer } = require('node:http'), fs = require('node:fs'), { pipeline } = require('node:stream/promises')
createServer(async (q, s) => {
  const file = process.argv[1] + '/file'
  if (q.method === 'PUT') { await pipeline(q, fs.createWriteStream(file)); const f = fs.openSync(file, 'r+'); fs.fsyncSync(f); fs.closeSync(f); s.end() }
  else { s.setHeader('content-length', fs.statSync(file).size); await pipeline(fs.createReadStream(file), s) }
}).listen(0, '127.0.0.1', function () { console.log('http://127.0.0.1:' + this.address().port) })`
const bare = spawn(node, ['-e', bareScript, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
const bareUrl = await firstLine(bare)
const ours = await startSallyport()
await ours.client.call('s3', 'CreateBucket', { Bucket: 'bench-bucket' })

const keys = {
  accessKeyId: ours.env['AWS_ACCESS_KEY_ID']!,
  secretAccessKey: ours.env['AWS_SECRET_ACCESS_KEY']!,
  sessionToken: undefined,
}

/** One transfer; resolves to seconds. The payload is signed on PUT, as the AWS SDKs do over plain HTTP. */
function transfer(url: string, method: 'PUT' | 'GET', path: string, own: boolean): Promise<number> {
  const body = method === 'PUT' ? bytes : Buffer.alloc(0)
  const call = { method, path, query: '', headers: {}, body }
  const headers = own ? signed(call, url, keys, { region: 'us-east-1', service: 's3' }).headers : {}
  const { hostname, port } = new URL(url)
  const at = performance.now()
  return new Promise((resolve, reject) => {
    const message = request(
      { host: hostname, port, method, path, headers: { ...headers, 'content-length': body.length } },
      (response) => {
        let size = 0
        response.on('data', (chunk: Buffer) => (size += chunk.length))
        response.on('end', () => {
          if (response.statusCode !== 200 || (method === 'GET' && size !== bytes.length))
            return reject(new Error(`${method} ${url}: ${response.statusCode}, ${size} bytes`))
          resolve((performance.now() - at) / 1000)
        })
        response.on('error', reject)
      },
    )
    message.on('error', reject)
    message.end(body)
  })
}

const took = { barePut: [] as number[], oursPut: [] as number[], bareGet: [] as number[], oursGet: [] as number[] }
for (let round = 0; round <= rounds; round++) {
  const one = {
    barePut: await transfer(bareUrl, 'PUT', '/file', false),
    // Signing hashes the body in this process; a client does so before it sends, and so do we here.
    oursPut: await transfer(ours.url, 'PUT', `/bench-bucket/object-${round}`, true),
    bareGet: await transfer(bareUrl, 'GET', '/file', false),
    oursGet: await transfer(ours.url, 'GET', `/bench-bucket/object-${round}`, true),
  }
  if (round === 0) continue // warm-up
  for (const name of Object.keys(took) as (keyof typeof took)[]) took[name].push(one[name])
}
await Promise.all([ours.stop(), stopped(bare)])
rmSync(folder, { recursive: true, force: true })

const rate = (name: keyof typeof took) => 64 / median(took[name])
const text = `# 64 MiB objects

\`node bench/objects.ts --rounds ${rounds}\` on ${machine()}; medians of ${rounds} rounds in turn. Payload hash ${sha256.slice(0, 8)}….

| | MiB/s | of bare |
|---|---:|---:|
| bare PUT (pipe to a file, fsync) | ${rate('barePut').toFixed(0)} | 1.00 |
| S3 PutObject | ${rate('oursPut').toFixed(0)} | ${(rate('oursPut') / rate('barePut')).toFixed(2)} |
| bare GET (pipe from a file) | ${rate('bareGet').toFixed(0)} | 1.00 |
| S3 GetObject | ${rate('oursGet').toFixed(0)} | ${(rate('oursGet') / rate('bareGet')).toFixed(2)} |
`
process.stdout.write(text)
writeFileSync('bench/results/objects.md', text)
