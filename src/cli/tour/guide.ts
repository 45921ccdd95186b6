import { command } from '../../advise/command.ts'
import type { Client } from '../client.ts'
import type { TourReport } from './report.ts'
import type { Voice } from './voice.ts'

/** One member of the tour's cast: makes the calls, tells them, and keeps the report. */
export interface Guide {
  readonly client: Client
  readonly voice: Voice
  readonly report: TourReport
  /** A numbered step; `work` answers its outcome. What it throws ends the tour and is in the report. */
  step(title: string, why: string, work: () => Promise<string>): Promise<void>
  /** A call that is shown as the AWS CLI command of the same effect, or as `shown` where another says it better. */
  // oxlint-disable-next-line typescript/no-explicit-any -- answers are as the model says, callers know their shape
  call(service: string, operation: string, input: Record<string, unknown>, shown?: string): Promise<any>
  /** Tells a command that is not a call of its own. */
  show(text: string): void
}

export function guide(client: Client, voice: Voice, report: TourReport): Guide {
  let commands: string[] = []
  const show = (text: string) => {
    commands.push(text)
    voice.command(text)
  }
  return {
    client,
    voice,
    report,
    show,
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
        end('failed', error instanceof Error ? error.message : String(error))
        throw error
      }
    },
    async call(service, operation, input, shown) {
      show(shown ?? command({ service, operation, input }))
      return client.call(service, operation, input)
    },
  }
}

/** Rounded to milliseconds. */
export function secondsSince(start: number): number {
  return Math.round(performance.now() - start) / 1000
}
