import { readNetwork } from './network-input.ts'
import { graphPath, graphVpc } from './graph.ts'
import type { GraphFormat } from './graph.ts'
import type { TraceCommandOptions } from './trace-command.ts'

interface InputOptions {
  file: string[]
  region?: string
  format: GraphFormat
}

/** `graph vpc`: a picture of one VPC, or of all. */
export async function graphVpcCommand(vpcId: string | undefined, options: InputOptions): Promise<number> {
  const input = await readNetwork(options.file, options.region)
  return print(graphVpc(input, vpcId, options.format), input.notes)
}

/** `graph path`: a picture of the way of one connection. */
export async function graphPathCommand(options: Omit<TraceCommandOptions, 'format'> & InputOptions): Promise<number> {
  const input = await readNetwork(options.file, options.region, options.to)
  return print(graphPath(input, { ...options, securityGroups: options.securityGroup }), input.notes)
}

function print({ code, text }: { code: number; text: string }, notes: readonly string[]): number {
  for (const note of notes) process.stderr.write(`${note}\n`)
  process.stdout.write(text)
  return code
}
