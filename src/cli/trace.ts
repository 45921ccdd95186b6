import { contextKey, stepsOf, SYMPTOMS } from '../network-picture/hops.ts'
import { namesOf } from '../network-picture/names.ts'
import { buildNetwork } from '../network/network.ts'
import type { Connection, NetworkFix, NetworkOrigin, Protocol } from '../network/types.ts'
import { exitCode } from './exit-code.ts'
import type { NetworkInput } from './network-input.ts'
import { parseQuestion } from './trace-question.ts'
import type { QuestionOptions } from './trace-question.ts'
import { pretty } from './trace-pretty.ts'

export interface TraceOptions extends QuestionOptions {
  format: 'pretty' | 'json'
}

/**
 * What `trace --format json` prints. Members are only ever added.
 * `verdict`, `dns`, `address`, `hops`, `blockers`, `way` and `context` are the model's (`Connection`); the rest:
 */
export interface TraceAnswer extends Connection {
  /** As it was asked. */
  from: string
  to: { host: string; port: number; protocol: Protocol }
  region: string
  /** Where the connection starts, as the model was asked. */
  origin: NetworkOrigin
  /** What the program at the start is told; `programs`: by curl, boto3 and node, which speak TCP. */
  client: { sentence: string; programs: Readonly<Record<string, string>> }
  /** Calls that open it, all of them together; least exposure first. Empty when it arrives and when nothing was found. */
  fixes: readonly NetworkFix[]
  /** What could not be read, or was assumed. */
  notes: readonly string[]
}

/**
 * Tells where a connection would end up, and why.
 * Answers what to print and the exit code: 0 it arrives, 2 it is blocked.
 * @throws {UsageError} (exit code 64) for a question that cannot be meant
 */
export function trace(input: NetworkInput, options: TraceOptions): { code: number; text: string } {
  const answer = answerOf(input, options)
  const text =
    options.format === 'json'
      ? `${JSON.stringify(answer, null, 2)}\n`
      : pretty({ answer, steps: stepsOf(answer), names: namesOf(input.documents), keyOf: contextKey })
  return { code: answer.verdict === 'allowed' ? exitCode.ok : exitCode.denied, text }
}

export function answerOf(input: NetworkInput, options: QuestionOptions): TraceAnswer {
  const { origin, host, port, protocol } = parseQuestion(options, input.documents)
  const network = buildNetwork(input.documents, input.region, input.internet)
  const connection = network.connect(origin, host, port, protocol)
  const fixes = connection.verdict === 'allowed' ? [] : network.fixes(origin, host, port, protocol)
  const { sentence, programs } = SYMPTOMS[connection.verdict]
  return {
    from: options.from,
    to: { host, port, protocol },
    region: input.region,
    origin,
    ...connection,
    client: { sentence, programs: protocol === 'tcp' ? programs : {} },
    fixes,
    notes: input.notes,
  }
}
