/**
 * The pictures in docs/pictures, each of examples/network; graph.test.ts compares them byte for byte.
 * Run as a program it draws them anew.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { graphPath, graphVpc } from '../../src/cli/graph.ts'
import { readNetwork } from '../../src/cli/network-input.ts'

const EXAMPLE = fileURLToPath(new URL('../../examples/network/three-zones', import.meta.url))
const JOB = 'eni-0b0000000000000a1'

/** By file name: nothing for the whole VPC, else from where to where. */
export const PICTURES: Readonly<Record<string, readonly [from: string, to: string] | undefined>> = {
  'vpc.svg': undefined,
  'path-blocked.svg': [JOB, 'api.sagemaker.us-east-1.amazonaws.com'],
  'path-gateway-endpoint.svg': [JOB, 'training-data.s3.us-east-1.amazonaws.com'],
  'path-from-the-internet.svg': ['internet:203.0.113.9', '198.51.100.20:22'],
  'path-from-premises.svg': ['vpn-0a9b8c7d6e5f40312:192.168.1.7', '10.0.192.10'],
}

export async function draw(name: string): Promise<string> {
  const input = await readNetwork([EXAMPLE])
  const question = PICTURES[name]
  if (!question) return graphVpc(input, undefined, 'svg').text
  const [from, to] = question
  return graphPath(input, { from, to, securityGroups: [], protocol: 'tcp', format: 'svg' }).text
}

if (import.meta.main) {
  const folder = new URL('../../docs/pictures/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  for (const name of Object.keys(PICTURES)) writeFileSync(new URL(name, folder), await draw(name))
}
