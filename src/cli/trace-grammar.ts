import { Option } from 'commander'
import type { Command } from 'commander'
import { COLLECT } from './network-lists.ts'

const OFFLINE = `
Without --file the network is read from the server that the environment names. Offline, from any AWS account:

${COLLECT.replaceAll(/^/gm, '  ')}
  cd .. && ./sallyport trace --file network --from subnet-… --to s3.us-east-1.amazonaws.com
`

/** `trace` and `graph`: questions about a network, to a server's or to one in files. */
export function traceCommands(program: Command, done: (code: number) => void): void {
  question(program.command('trace'))
    .description('would a connection arrive, by which hops, and if not, why; exit code 2 when it is blocked')
    .addOption(formatOption(['pretty', 'json'], 'pretty'))
    .addHelpText('after', OFFLINE)
    .action(async (options) => done(await (await import('./trace-command.ts')).traceCommand(options)))

  const graph = program.command('graph').description('pictures of a network')
  input(graph.command('vpc'))
    .description('a VPC: zones, subnets, interfaces, endpoints, route tables, and what leads out of it')
    .argument('[vpc-id]', 'one VPC; all unless given')
    .addOption(formatOption(FORMATS, 'svg'))
    .addHelpText('after', OFFLINE)
    .action(async (vpc, options) => done(await (await import('./graph-command.ts')).graphVpcCommand(vpc, options)))
  question(graph.command('path'))
    .description('the way of one connection, where it is blocked, and what opens it; exit code 2 when it is blocked')
    .addOption(formatOption(FORMATS, 'svg'))
    .addHelpText('after', OFFLINE)
    .action(async (options) => done(await (await import('./graph-command.ts')).graphPathCommand(options)))
}

const FORMATS = ['svg', 'mermaid', 'dot', 'json']

function question(command: Command): Command {
  return input(command)
    .requiredOption(
      '--from <place>',
      'subnet-…[:IP], eni-…, i-…, internet[:IP], or a host on premises: vpn-…:IP, vgw-…:IP',
    )
    .option('--security-group <id...>', 'security groups of the supposed interface in a subnet', [])
    .requiredOption('--to <host[:port]>', 'host name, address or URL; port 443 unless given')
    .addOption(new Option('--protocol <protocol>').choices(['tcp', 'udp', 'icmp']).default('tcp'))
}

function input(command: Command): Command {
  return command
    .option('--file <path...>', 'what aws ec2 describe-… printed: files, folders of *.json, - for stdin', [])
    .option('--region <region>', 'of the network, where the files do not tell it')
}

function formatOption(formats: string[], standard: string): Option {
  return new Option('--format <format>').choices(formats).default(standard)
}
