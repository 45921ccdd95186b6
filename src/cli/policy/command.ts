import { Command, InvalidArgumentError, Option } from 'commander'

/** `policy …`: policies without a server, by the engine that the server decides with. */
export function policyCommand(program: Command, done: (code: number) => void): void {
  const policy = program
    .command('policy')
    .description('policies without a server: what they decide, what is wrong with them')

  policy
    .command('evaluate')
    .description('would this request be allowed, and by which statements; exit code 2 when it is denied')
    .option('--action <name>', 'for example s3:GetObject')
    .option('--resource <arn>', 'what the action is done to', '*')
    .option(
      '--principal <arn>',
      'user, role, role session, root, federated user, service principal, or anonymous',
      USER,
    )
    .option('--policy <file...>', "the caller's identity-based policies; a file, - for stdin, or an AWS managed policy")
    .option('--boundary <file>', "the caller's permissions boundary")
    .option('--session <file...>', "the session's policies")
    .option('--resource-policy <file>', "the resource's own policy; for sts:AssumeRole… the role's trust policy")
    .option('--resource-account <id>', "the resource's account, where its ARN has none and it is not the caller's")
    .option('--endpoint-policy <file>', 'the policy of the VPC endpoint that the request comes through')
    .option('--scp <file...>', 'service control policies of one level; FullAWSAccess is one')
    .option('--rcp <file...>', 'resource control policies of one level')
    .option('--context <key=value...>', 'condition keys of the request; repeat a key that has several values')
    .option('--case <path>', 'instead: run the cases of a file or folder (corpus/policy) and say which hold')
    .addOption(formatOption(['pretty', 'json']))
    .action(async (options) => done(await (await import('./evaluate.ts')).evaluateCommand(options)))

  policy
    .command('lint')
    .description('what AWS refuses, what cannot work as meant, and what allows too much')
    .argument('<file...>', 'policy documents; - for stdin; an AWS managed policy by name or ARN')
    .addOption(
      new Option('--type <type>', 'what the documents are; told by their elements unless given').choices(TYPES),
    )
    .addOption(formatOption(['pretty', 'json', 'sarif']))
    .addHelpText(
      'after',
      '\nExit code 3 when there is an ERROR, SECURITY_WARNING or WARNING; a SUGGESTION alone is none.',
    )
    .action(async (files, options) => done((await import('./lint.ts')).lintCommand(files, options)))

  policy
    .command('compare')
    .description(
      'is A at most as permissive as B, over all requests; exit code 2 with a request that only A allows, 3 when it cannot be told',
    )
    .argument('<a>', 'a file, - for stdin, or an AWS managed policy by name or ARN')
    .argument('<b>', 'the same')
    .addOption(new Option('--type <type>', 'what both are').choices(GRAMMARS).default('identity'))
    .option('--principal <arn>', 'only requests of this caller')
    .option('--budget <steps>', 'how far to search before the answer is "unknown"', steps)
    .addOption(formatOption(['pretty', 'json']))
    .action(async (a, b, options) => done((await import('./compare.ts')).comparePolicies(a, b, options)))
}

const USER = 'arn:aws:iam::123456789012:user/someone'

const GRAMMARS = ['identity', 'trust', 'resource', 'endpoint', 'scp', 'rcp']
const TYPES = [...GRAMMARS, 'boundary', 'session']

function formatOption(formats: string[]): Option {
  return new Option('--format <format>').choices(formats).default('pretty')
}

function steps(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number above 0.')
  return value
}
