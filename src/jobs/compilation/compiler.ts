import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, mkdtemp, readFile, readdir, rename, rm, symlink } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Mount, PreparedImage } from '../../runners/runner.ts'
import { PROGRAM, SYSTEM_PATH } from '../../runners/sandbox.ts'

/**
 * The compiler of compilation jobs: a program that is run in a sandbox without a network, on the host's root file system.
 * Its folder is seen as /opt/program, and `./compile` there is run without arguments. It is given
 *
 *     /opt/ml/input/model.tar.gz               the model as S3 gave it
 *     /opt/ml/input/config/compilation.json    {jobName, framework, frameworkVersion, dataInputConfig, compilerOptions,
 *                                               targetDevice, targetPlatform: as the request has them,
 *                                               inputs: [{name, shape}], target: {name, triple, cpu}}
 *
 * and leaves the files of the artifact in /opt/ml/model. Exit code 1 and a text in /opt/ml/output/failure: the job fails
 * with `ClientError: ` and that text; any other code than 0: with a ServerError. /opt/ml/output/data-input-config: what it
 * found out about the inputs, DerivedInformation.DerivedDataInputConfig of a job that did not say.
 *
 * An operator's own folder (`serve --compiler-image FOLDER`) takes the place of ours, and decides itself about frameworks,
 * targets and options.
 */
export interface Compiler {
  image: PreparedImage
  mounts: Mount[]
}

const OWN = fileURLToPath(new URL('../../compiler-image', import.meta.url))

/** Lays the image out below `folder`, a job's. `own`: the operator's. Rejects with CompilerMissing. */
export async function openCompiler(folder: string, own: string | undefined, told: Told): Promise<Compiler> {
  const program = join(folder, PROGRAM)
  await mkdir(dirname(program), { recursive: true })
  const config = { Entrypoint: ['./compile'] }
  if (own !== undefined) {
    if (!existsSync(join(own, 'compile'))) throw new CompilerMissing(`There is no program "compile" in ${own}.`)
    await symlink(own, program)
    return { image: { config, directory: folder, rootfs: 'host' }, mounts: [] }
  }
  const libraries = await installCompiler(told)
  await cp(OWN, program, { recursive: true })
  await openToAll(program)
  return { image: { config, directory: folder, rootfs: 'host' }, mounts: [{ from: libraries, to: '/opt/compiler' }] }
}

/** Why there is no compiler, and what to do about it. */
export class CompilerMissing extends Error {}

/** Says what is going on; it may take minutes. */
export type Told = (text: string) => void

let installing: Promise<string> | undefined

/**
 * The folder of what the compiler is made of, downloaded once from the Python Package Index, or the mirror that pip is set
 * up for, as the hashes of compiler-image/requirements.txt say; kept in the user's cache folder. Rejects with
 * CompilerMissing.
 */
export function installCompiler(told: Told): Promise<string> {
  installing ??= install(told).finally(() => (installing = undefined))
  return installing
}

async function install(told: Told): Promise<string> {
  const { python, tag } = await findPython()
  const requirements = join(OWN, 'requirements.txt')
  const hash = createHash('sha256')
    .update(await readFile(requirements))
    .update(tag)
  const target = join(cacheFolder(), `compiler-${hash.digest('hex').slice(0, 12)}`)
  if (existsSync(target)) return target

  told(`The compiler is downloaded to ${target} (about 190 MB, once; 700 MB there)`)
  await mkdir(cacheFolder(), { recursive: true })
  const folder = await mkdtemp(join(cacheFolder(), 'installing-'))
  const advice = `The folder ${target} of a machine that has it will do, or serve --compiler-image FOLDER.`
  try {
    await run(python, ['-m', 'venv', join(folder, 'venv')], `python3 needs its venv module. ${advice}`)
    const pip = [
      '-m',
      'pip',
      'install',
      '--disable-pip-version-check',
      '--no-input',
      '--no-deps',
      '--only-binary=:all:',
    ]
    const made = join(folder, 'made')
    await run(
      join(folder, 'venv/bin/python'),
      [...pip, '--require-hashes', '--target', made, '-r', requirements],
      `Its parts could not be downloaded from the Python Package Index. ${advice}`,
      told,
    )
    await openToAll(made)
    await rename(made, target).catch((error: unknown) => {
      if (!existsSync(target)) throw error // another server was first
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  told('The compiler is there')
  return target
}

export function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'sallyport')
}

/** The python3 that programs in the sandbox find, and what its packages depend on. */
async function findPython(): Promise<{ python: string; tag: string }> {
  const python = SYSTEM_PATH.split(':')
    .map((folder) => join(folder, 'python3'))
    .find((path) => existsSync(path))
  if (python === undefined) throw new CompilerMissing('It needs python3, 3.11 or later, in a folder of the system.')
  const script =
    'import sys, sysconfig; print(sys.version_info >= (3, 11), sys.implementation.cache_tag, sysconfig.get_platform())'
  const { stdout } = await promisify(execFile)(python, ['-I', '-c', script])
  if (!stdout.startsWith('True')) throw new CompilerMissing(`It needs python3, 3.11 or later, which ${python} is not.`)
  return { python, tag: stdout.trim() }
}

/** Rejects with CompilerMissing: `failed`, and the last thing that the command said. */
async function run(command: string, args: string[], failed: string, told?: Told): Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n').filter((one) => one.trim() !== '')) {
        if (/^\s*Downloading/.test(line)) told?.(line.trim())
        lines.push(line.trim())
      }
    })
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
  if (code !== 0)
    throw new CompilerMissing(
      `${failed} (${lines.findLast((line) => line.startsWith('ERROR')) ?? lines.at(-1) ?? code})`,
    )
}

/** The program becomes a user that owns nothing, whatever the umask was. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await openToAll(path)
    else if (entry.isFile()) await chmod(path, isProgram(entry.name) ? 0o755 : 0o644)
  }
}

const isProgram = (name: string) => name === 'compile' || name === 'zig' || name.includes('.so')
