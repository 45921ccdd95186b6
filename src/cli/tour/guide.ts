import { command } from '../../advise/command.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { Client } from '../client.ts'
import type { TourReport } from './report.ts'
import type { Voice } from './voice.ts'

/** Leads through the tour: makes the calls, tells them, and keeps the report. */
export interface Guide {
  readonly client: Client
  readonly voice: Voice
  readonly report: TourReport
  /** A numbered step; `work` answers its outcome. What it throws ends the tour and is in the report. */
  readonly step: (title: string, why: string, work: () => Promise<string>) => Promise<void>
  /** A call, shown as the AWS CLI command of the same effect; `words` are for where another command says it better. */
  readonly call: (
    service: string,
    operation: string,
    input: Record<string, unknown>,
    words?: Words,
    // oxlint-disable-next-line typescript/no-explicit-any -- answers are as the model says, callers know their shape
  ) => Promise<any>
  /** Tells a command that is not a call of its own. */
  readonly show: (text: string) => void
}

interface Words {
  /** The whole command, for the report. */
  command?: string
  /** What is told of it, when that is less. */
  told?: string
}

export function guide(client: Client, voice: Voice, report: TourReport): Guide {
  let commands: string[] = []
  const show = (text: string, told = text) => {
    commands.push(text)
    voice.command(told)
  }
  return {
    client,
    voice,
    report,
    show: (text) => show(text),
    async step(title, why, work) {
      const number = report.steps.length + 1
      const start = performance.now()
      commands = []
      voice.begin({ number, title, why })
      const end = (status: 'done' | 'failed', outcome: string) => {
        const seconds = secondsSince(start)
        report.steps.push({ number, title, why, commands, status, outcome, seconds })
        voice.end(status === 'done', outcome, seconds)
      }
      try {
        end('done', await work())
      } catch (error) {
        const { text, requestId } = failure(error)
        if (requestId) voice.note('Ask', `./sallyport explain ${requestId}`)
        end('failed', text)
        throw error
      }
    },
    async call(service, operation, input, words = {}) {
      show(words.command ?? command({ service, operation, input }), words.told)
      return client.call(service, operation, input)
    },
  }
}

/** What went wrong, AWS's code first, and the request to ask about. */
function failure(error: unknown): { text: string; requestId?: string | undefined } {
  if (error instanceof AwsError)
    return { text: `${error.code}: ${error.message}`, requestId: error.fields['RequestId'] }
  return { text: error instanceof Error ? error.message : String(error) }
}

/** Rounded to milliseconds. */
export function secondsSince(start: number): number {
  return Math.round(performance.now() - start) / 1000
}
