import { collapse } from '../network-picture/collapse.ts'
import { dot } from '../network-picture/dot.ts'
import { stepsOf } from '../network-picture/hops.ts'
import { mermaid } from '../network-picture/mermaid.ts'
import { namesOf } from '../network-picture/names.ts'
import { pathGraph } from '../network-picture/path-graph.ts'
import { pathSvg } from '../network-picture/path-svg.ts'
import type { Graph } from '../network-picture/types.ts'
import { vpcGraph } from '../network-picture/vpc-graph.ts'
import { vpcSvg } from '../network-picture/vpc-svg.ts'
import { exitCode } from './exit-code.ts'
import { UsageError } from './failure.ts'
import type { NetworkInput } from './network-input.ts'
import type { QuestionOptions } from './trace-question.ts'
import { answerOf } from './trace.ts'

export type GraphFormat = 'svg' | 'mermaid' | 'dot' | 'json'

/**
 * A picture of one VPC, or of all. JSON is the whole `Graph`; pictures leave out what nobody could read, with its number.
 * @throws {UsageError} for a VPC that is not there
 */
export function graphVpc(
  { documents, region }: NetworkInput,
  vpcId: string | undefined,
  format: GraphFormat,
): { code: number; text: string } {
  if (vpcId !== undefined && !documents.Vpcs.some((vpc) => vpc.VpcId === vpcId))
    throw new UsageError(`${vpcId} is not among what aws ec2 describe-vpcs told`)
  return { code: exitCode.ok, text: draw(vpcGraph(documents, region, vpcId), format) }
}

/** A picture of the way of one connection. Exit code 2 when it is blocked, as `trace`. */
export function graphPath(
  input: NetworkInput,
  options: QuestionOptions & { format: GraphFormat },
): { code: number; text: string } {
  const answer = answerOf(input, options)
  const graph = pathGraph(answer, stepsOf(answer), namesOf(input.documents))
  return {
    code: answer.verdict === 'allowed' ? exitCode.ok : exitCode.denied,
    text: draw(graph, options.format),
  }
}

function draw(graph: Graph, format: GraphFormat): string {
  switch (format) {
    case 'svg':
      return graph.kind === 'vpc' ? vpcSvg(graph) : pathSvg(graph)
    case 'mermaid':
      return mermaid(collapse(graph))
    case 'dot':
      return dot(collapse(graph))
    case 'json':
      return `${JSON.stringify(graph, null, 2)}\n`
  }
}
