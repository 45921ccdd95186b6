/**
 * `npm run package`: what is published, in `package/` or a folder that is named: JavaScript, since Node.js takes no types off
 * below `node_modules`, with the data that a clone generates at install. `npm publish ./package` is left to you.
 *
 * Types are not checked here; `npm run types` does. Declarations are emitted for what can be imported.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import './generate.ts'

const root = resolve(import.meta.dirname, '..')
const target = resolve(process.argv[2] ?? join(root, 'package'))

rmSync(target, { recursive: true, force: true })
mkdirSync(target, { recursive: true })
for (const part of ['javascript', 'declarations']) {
  const config = join(root, `scripts/package/${part}.json`)
  const compiler = join(root, 'node_modules/.bin/tsc')
  execFileSync(compiler, ['-p', config, '--outDir', join(target, 'dist')], { stdio: 'inherit' })
}
// An installed command has another name than that of a clone, and it tells people what to type.
for (const file of globSync('dist/**/*.js', { cwd: target }).map((name) => join(target, name))) {
  const text = readFileSync(file, 'utf8')
  if (text.includes('./sallyport ')) writeFileSync(file, text.replaceAll('./sallyport ', 'npx sallyport '))
}

const kept = [
  'models',
  'generated',
  'examples/training',
  'corpus/roles',
  'corpus/pass-role.json',
  'corpus/policy/documents',
]
for (const name of [...kept, 'LICENSE', 'NOTICE', 'README.md']) {
  cpSync(join(root, name), join(target, name), { recursive: true })
}
// Programs of images, which no compiler touches.
for (const name of ['automl-image', 'compiler-image'])
  cpSync(join(root, 'src', name), join(target, 'dist', name), { recursive: true })
cpSync(join(root, 'scripts/package/command.js'), join(target, 'sallyport.js'))
chmodSync(join(target, 'sallyport.js'), 0o755)

const source = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown> & {
  devDependencies: Record<string, string>
}
const { name, version, description, license, type, dependencies, devDependencies } = source
/** Whose types the network's declarations are written with; nothing of it is run. */
const sdk = '@aws-sdk/client-ec2'
const entry = (path: string) => ({ types: `./dist/${path}.d.ts`, default: `./dist/${path}.js` })
const manifest = {
  name,
  version,
  description,
  license,
  type,
  engines: { node: '>=24' },
  bin: { sallyport: './sallyport.js' },
  exports: { './policy': entry('policy/policy'), './network': entry('network/network') },
  dependencies,
  peerDependencies: { [sdk]: `^${devDependencies[sdk]}` },
  peerDependenciesMeta: { [sdk]: { optional: true } },
}
writeFileSync(join(target, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
