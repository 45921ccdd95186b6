import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { RUNNERS } from '../runners/choose.ts'
import { exitCode } from './exit-code.ts'
import { policyCommand } from './policy/command.ts'
import { traceCommands } from './trace-grammar.ts'

/**
 * The command line: one file per command, loaded when it is asked for. The grammar is a contract (README, "Commands").
 * Resolves to the exit code: 0 ok or allowed, 1 our failure, 2 denied or expectation unmet, 3 findings, 64 usage.
 */
export async function run(argv: readonly string[]): Promise<number> {
  let code: number = exitCode.ok
  const program = buildProgram((outcome) => (code = outcome))
  try {
    await program.parseAsync(argv)
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.usage
    const { explainFailure } = await import('./failure.ts')
    return explainFailure(error)
  }
}

function buildProgram(done: (code: number) => void): Command {
  const program = new Command('sallyport')
    .description(
      'The access plane of Amazon SageMaker, made real: it enforces, runs the jobs, and explains every refusal.',
    )
    .showHelpAfterError('(run with --help for the whole usage)')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })

  program
    .command('serve')
    .description('start the server; prints one line on stdout when it takes calls: Ready http://HOST:PORT')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0 picks a free one', port, 4566)
    .addOption(dataOption())
    .option('--region <region>', 'home Region', 'us-east-1')
    .option('--account <id>', 'account id', account, '123456789012')
    .option('--root-access-key-id <key>', 'root access key to use instead of a minted one')
    .option('--root-secret-access-key <secret>', 'its secret')
    .addOption(new Option('--runner <name>', 'where jobs run').choices(RUNNERS).default('process'))
    .addOption(
      new Option(
        '--fabric <when>',
        "whether jobs are in a real VPC: else in this machine's network (auto), not run (required); off: never; proxy: jobs and exec by a proxy, with lower fidelity",
      )
        .choices(['auto', 'required', 'off', 'proxy'])
        .default('auto'),
    )
    .option(
      '--egress-allow <entry...>',
      'part of the real internet that VPCs may lead to, closed otherwise: HOST, *.DOMAIN or CIDR, with :PORT or without',
    )
    .option(
      '--objects <s3-uri>',
      "another S3 store for the objects' bytes, s3://bucket/prefix; files of the data folder unless given",
    )
    .option(
      '--objects-endpoint <url>',
      'where that store is; its credentials: SALLYPORT_OBJECTS_ACCESS_KEY_ID, ..._SECRET_ACCESS_KEY',
    )
    .option('--master-key-file <file>', 'the key that seals key material and data keys; DATA/master.key unless given')
    .option('--compiler-image <folder>', 'the program `compile` that compilation jobs run, instead of our own')
    .option('--decisions-max <count>', 'how many decisions to keep', count, 100_000)
    .option('--decisions-days <days>', 'for how many days to keep them', count, 14)
    .addOption(new Option('--log-level <level>').choices(['silent', 'error', 'warn', 'info', 'debug']).default('warn'))
    .action(async (options) => done(await (await import('./serve.ts')).serve(options)))

  program
    .command('env')
    .description('credentials and endpoint of the server that runs on a data folder: eval "$(./sallyport env)"')
    .addOption(dataOption())
    .option('--root', "the account's root credentials instead of the user admin's")
    .option('--role <arn>', 'assume a role first and print its session')
    .addOption(new Option('--format <format>').choices(['shell', 'dotenv', 'json', 'github']).default('shell'))
    .action(async (options) => done(await (await import('./env.ts')).env(options)))

  const image = program.command('image').description('container images')
  image
    .command('push')
    .description("push a folder as an OCI image that runs on the host's root file system, read-only")
    .argument('<dir>', 'folder; it lies at /opt/program in the image')
    .argument('<image-uri>', 'ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY:TAG')
    .option(
      '--entrypoint <command>',
      'split on spaces; train or serve is appended by SageMaker (./train if there is one)',
    )
    .addOption(formatOption())
    .action(async (dir, imageUri, options) => done(await (await import('./image.ts')).push(dir, imageUri, options)))

  program
    .command('endpoint-url')
    .description('the loopback address that stands for an interface endpoint')
    .argument('<vpc-endpoint-id>')
    .addOption(formatOption())
    .action(async (id, options) => done(await (await import('./endpoint-url.ts')).endpointUrl(id, options)))

  program
    .command('explain')
    .description(
      "the whole decision behind a request id, the account's last refused call, or the step at which a job failed",
    )
    .argument('<request-id | job-arn | last>')
    .addOption(formatOption())
    .action(async (id, options) => done(await (await import('./explain.ts')).explain(id, options)))

  traceCommands(program, done)

  program
    .command('exec')
    .description('run a program inside a VPC, with AWS at its own host names: exec --subnet … -- aws s3 ls')
    .option('--subnet <id>', 'where its network interface is made')
    .option('--from <host>', 'instead of a subnet a host on premises: vpn-…:IP, vgw-…:IP (AWS Direct Connect)')
    .option('--security-group <id...>', "its security groups; the VPC's default one unless given", [])
    .option('--role <arn>', 'a role that you may assume; the program finds its credentials as in a container')
    .option(
      '--profile-instance <id>',
      'an instance whose metadata it finds, and with it the role of its instance profile',
    )
    .argument('<command...>')
    .action(async (command, options) => done(await (await import('./exec.ts')).exec(command, options)))

  policyCommand(program, done)

  program
    .command('tour')
    .description('the main job in a minute: a training job in a private subnet, then three things broken and explained')
    .addOption(dataOption())
    .addOption(formatOption())
    .action(async (options) => done(await (await import('./tour.ts')).tour(options)))

  program
    .command('verify')
    .description("SageMaker's role page, tried line by line: each policy suffices, and each of its actions is needed")
    .option('--only <chapter>', 'one chapter: a file of corpus/roles, such as training')
    .addOption(new Option('--format <format>').choices(['pretty', 'json', 'markdown']).default('pretty'))
    .action(async (options) => done(await (await import('./verify.ts')).verify(options)))

  program
    .command('doctor')
    .description('what this machine can and cannot do for Sallyport')
    .addOption(dataOption())
    .addOption(formatOption())
    .action(async (options) => done(await (await import('./doctor.ts')).doctor(options)))

  return program
}

function dataOption(): Option {
  return new Option('--data <dir>', 'folder of the state').default('.sallyport')
}

function formatOption(): Option {
  return new Option('--format <format>').choices(['pretty', 'json']).default('pretty')
}

function port(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0 || value > 65_535) throw new InvalidArgumentError('a port is 0 to 65535.')
  return value
}

function account(text: string): string {
  if (!/^\d{12}$/.test(text)) throw new InvalidArgumentError('an account id has 12 digits.')
  return text
}

function count(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number above 0.')
  return value
}
