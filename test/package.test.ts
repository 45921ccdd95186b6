/** What `npm run package` makes, installed beside nothing but its dependencies: imported, type-checked, run. */
import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'

const root = resolve(import.meta.dirname, '..')
const project = mkdtempSync(join(tmpdir(), 'sallyport-package-'))
const installed = join(project, 'node_modules/sallyport')
const { FORCE_COLOR: _colour, NODE_OPTIONS: _options, NODE_TEST_CONTEXT: _context, ...inherited } = process.env
// The command's own first line asks the PATH for Node.js, as it does for whoever installed it.
const env = { ...inherited, PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}` }
const options = { cwd: project, env, encoding: 'utf8' } as const
const command = join(project, 'node_modules/.bin/sallyport')

function write(name: string, content: string): string {
  writeFileSync(join(project, name), content)
  return name
}

before(() => {
  const built = join(project, 'built')
  execFileSync(process.execPath, [join(root, 'scripts/package.ts'), built], options)
  execFileSync('npm', ['pack', built, '--offline', '--no-update-notifier', '--ignore-scripts', '--silent'], options)
  mkdirSync(join(project, 'node_modules/.bin'), { recursive: true })
  execFileSync('tar', ['-xzf', 'sallyport-0.1.0.tgz', '--one-top-level=unpacked'], options)
  execFileSync('mv', ['unpacked/package', installed], options)
  const { bin, dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    bin: { sallyport: string }
    dependencies: Record<string, string>
  }
  symlinkSync(join(installed, bin.sallyport), command)
  for (const name of Object.keys(dependencies)) {
    const link = join(project, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), link)
  }
  write('package.json', '{ "type": "module" }')
})
after(() => rmSync(project, { recursive: true }))

const policy = `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObjct", "Resource": "*"}}`

test('plain JavaScript imports the engine and the network model', () => {
  const program = `
    import { compile, lint } from 'sallyport/policy'
    import { buildNetwork } from 'sallyport/network'
    console.log(compile('${policy}', { id: 'p' }).statements.length, lint('{').length, typeof buildNetwork)
  `
  const { stdout, stderr } = spawnSync(process.execPath, [write('use.js', program)], options)
  assert.equal(stderr, '')
  assert.equal(stdout, '1 1 function\n')
})

test('the declarations hold: of policies alone, of networks beside the SDK whose types they share', () => {
  const flags = '--ignoreConfig --noEmit --strict --module nodenext --target es2024 --types'.split(' ')
  const check = (text: string, ...more: string[]) =>
    spawnSync(join(root, 'node_modules/.bin/tsc'), [...flags, '', ...more, write('check.ts', text)], options).stdout
  const policies = `
    import { compile, evaluate, lint } from 'sallyport/policy'
    import type { AuthorizationRequest, Decision, Finding } from 'sallyport/policy'
    export const decide = (request: AuthorizationRequest): Decision =>
      evaluate(request, { identity: [compile('{}', { id: 'p' })] })
    export const found: readonly Finding[] = lint('{}')`
  assert.equal(check(policies), '')
  assert.match(check(`${policies}\nlint(1)`), /^check\.ts\(7,6\): error TS2\d+: .*'number'/)

  symlinkSync(join(root, 'node_modules/@aws-sdk'), join(project, 'node_modules/@aws-sdk'))
  const networks = `
    import { buildNetwork } from 'sallyport/network'
    import type { Network, NetworkDocuments } from 'sallyport/network'
    export const read = (documents: NetworkDocuments): Network => buildNetwork(documents, 'us-east-1')`
  assert.equal(check(networks, '--skipLibCheck'), '')
  assert.match(check(`${networks}\nread(1)`, '--skipLibCheck'), /^check\.ts\(5,6\): error TS2\d+: .*'number'/)
})

test('the command lints and helps', () => {
  const linted = spawnSync(command, ['policy', 'lint', write('policy.json', policy)], options)
  assert.match(linted.stdout, /^policy\.json:1:\d+ ERROR INVALID_ACTION .* Did you mean s3:GetObject\?/)
  assert.equal(linted.stderr, '')
  assert.equal(linted.status, 3)
  const helped = spawnSync(command, ['env', '--help'], options)
  assert.match(helped.stdout, /eval "\$\(npx\s+sallyport env\)"/)
  assert.equal(helped.status, 0)
})

test('the server starts and answers', async () => {
  const server = spawn(command, ['serve', '--port', '0', '--data', join(project, 'data')], {
    ...options,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const ended = once(server, 'exit')
  try {
    let url: string | undefined
    for await (const line of createInterface({ input: server.stdout })) {
      url = /^Ready (http:\S+)$/.exec(line)?.[1]
      if (url !== undefined) break
    }
    assert.ok(url)
    const { status } = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams({ Action: 'GetCallerIdentity', Version: '2011-06-15' }),
    })
    assert.equal(status, 403)
  } finally {
    server.kill()
    await ended
  }
})
