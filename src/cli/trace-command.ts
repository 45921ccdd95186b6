import type { Protocol } from '../network/types.ts'
import { readNetwork } from './network-input.ts'
import { trace } from './trace.ts'

export interface TraceCommandOptions {
  from: string
  to: string
  securityGroup: string[]
  protocol: Protocol
  file: string[]
  region?: string
  format: 'pretty' | 'json'
}

/** `trace`: reads the network, from a server or from files, and asks the network model here. */
export async function traceCommand(options: TraceCommandOptions): Promise<number> {
  const input = await readNetwork(options.file, options.region, options.to)
  const { code, text } = trace(input, { ...options, securityGroups: options.securityGroup })
  for (const note of input.notes) process.stderr.write(`${note}\n`)
  process.stdout.write(text)
  return code
}
