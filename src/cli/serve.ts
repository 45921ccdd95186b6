import { resolve } from 'node:path'
import { LOWER_FIDELITY } from '../fabric/lower-fidelity.ts'
import type { ServerOptions } from '../server.ts'
import { startServer } from '../server.ts'
import { exitCode } from './exit-code.ts'
import { UsageError } from './failure.ts'

type Options = Omit<ServerOptions, 'dataDir'> & { data: string }

/** Runs until SIGINT or SIGTERM. Exactly one line on stdout; everything else goes to stderr. */
export async function serve({ data, ...options }: Options): Promise<number> {
  if (Boolean(options.rootAccessKeyId) !== Boolean(options.rootSecretAccessKey)) {
    throw new UsageError('give --root-access-key-id and --root-secret-access-key together')
  }
  await readEgress(options.egressAllow)
  await readObjectStore(options)
  // A file that may not grow any further is an error of the write, as a full disk is, and no reason to end.
  process.on('SIGXFSZ', () => {})
  const stopped = signalled()
  if (options.compilerImage !== undefined) options.compilerImage = resolve(options.compilerImage)
  const server = await startServer({ ...options, dataDir: resolve(data) })
  process.stdout.write(`Ready ${server.url}\n`)
  process.stderr.write(hints(data))
  sayIsolation(options.runner)
    .then(() => sayNetwork(options.fabric))
    .catch((error: Error) => process.stderr.write(`  job sandbox   could not be tried: ${error.message}\n`))
  sayFabric(options.fabric, options.egressAllow).catch((error: Error) =>
    process.stderr.write(`  fabric        could not be tried: ${error.message}\n`),
  )
  await stopped
  await server.close()
  return exitCode.ok
}

/** Says what cannot be read before anything is started. */
async function readEgress(entries: readonly string[] = []): Promise<void> {
  if (entries.length === 0) return
  const { EgressError, parseEgress } = await import('../fabric/egress-list.ts')
  try {
    entries.forEach(parseEgress)
  } catch (error) {
    if (error instanceof EgressError) throw new UsageError(`--egress-allow: ${error.message}`)
    throw error
  }
}

/** The same of another S3 store for the objects' bytes. */
async function readObjectStore({ objects, objectsEndpoint }: Omit<Options, 'data'>): Promise<void> {
  if (objects === undefined) {
    if (objectsEndpoint !== undefined) throw new UsageError('--objects-endpoint needs --objects')
    return
  }
  const { ObjectStoreError, remoteStore } = await import('../objects/remote-options.ts')
  try {
    remoteStore(objects, objectsEndpoint)
  } catch (error) {
    if (error instanceof ObjectStoreError) throw new UsageError(`--objects: ${error.message}`)
    throw error
  }
}

function hints(data: string): string {
  const flag = data === '.sallyport' ? '' : ` --data ${data}`
  return `
  credentials   eval "$(./sallyport env${flag})"
  try next      aws sts get-caller-identity
                ./sallyport tour${flag}
  stop          Ctrl-C

`
}

/** What jobs are kept apart by on this machine, and plainly what they are not. */
async function sayIsolation(name: string): Promise<void> {
  const { runnerNamed } = await import('../runners/choose.ts')
  const { tool, missing } = await (await runnerNamed(name)).isolation()
  const lines = missing.map((text) => `                ${text}\n`).join('')
  process.stderr.write(
    `  job sandbox   ${tool === 'none' ? 'none: jobs run as plain programs of yours' : tool}\n${lines}`,
  )
}

/** Whether programs can be put into a VPC, and what is missing where they cannot. */
async function sayFabric(when: Options['fabric'], egress: readonly string[] = []): Promise<void> {
  if (when === 'proxy') return void process.stderr.write(`  fabric        none, as asked. ${LOWER_FIDELITY}\n`)
  const { probeFabric } = await import('../fabric/probe.ts')
  const { available, missing } = await probeFabric()
  const instead = available
    ? ''
    : '                ./sallyport serve --fabric proxy: programs by a proxy, with lower fidelity\n'
  const lines = missing.map((text) => `                ${text}\n`).join('')
  process.stderr.write(
    `  fabric        ${available ? 'VPCs can be made real: ./sallyport exec' : 'none'}\n${lines}${instead}`,
  )
  if (egress.length > 0) process.stderr.write(`  internet      VPCs may lead to ${egress.join(', ')}\n`)
}

/** Where containers of jobs will be, and plainly when that is less than a VPC. */
async function sayNetwork(when: Options['fabric']): Promise<void> {
  if (when === 'proxy')
    return void process.stderr.write('  job network   by proxy, with lower fidelity; several instances cannot run\n')
  const { probeFabric } = await import('../fabric/probe.ts')
  const { available, mode, missing } = await probeFabric()
  if (available && when !== 'off')
    return void process.stderr.write(
      `  job network   VPCs are real here${mode === 'rootless' ? ' (without root)' : ''}\n`,
    )
  const why = when === 'off' ? ['The server was started with --fabric off.'] : missing
  const instead =
    when === 'required'
      ? 'none: jobs that need one fail'
      : "this machine's: only calls to AWS are placed in VPCs, and several instances cannot run"
  process.stderr.write(`  job network   ${instead}\n${why.map((text) => `                ${text}\n`).join('')}`)
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}
