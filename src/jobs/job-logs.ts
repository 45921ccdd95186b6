import { AwsError } from '../wire/aws-error.ts'
import type { Acting } from './acting.ts'
import { JobFailure, reasons } from './failure.ts'

const flushAfterMs = 200
const batchEvents = 1000

interface LogEvent {
  timestamp: number
  message: string
}

/**
 * The log stream of one of a job's hosts, written by the role: DescribeLogStreams, CreateLogGroup where there is none, CreateLogStream, PutLogEvents.
 * Lines are sent in batches; `close` sends the rest and rejects with JobFailure if any was refused.
 */
export class JobLogs {
  readonly stream: string
  readonly #acting: Acting
  readonly #group: string
  #pending: LogEvent[] = []
  #sending: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined
  #failure: unknown

  private constructor(acting: Acting, group: string, stream: string) {
    this.#acting = acting
    this.#group = group
    this.stream = stream
  }

  static open(acting: Acting, group: string, jobName: string, host: string, now: number): Promise<JobLogs> {
    return JobLogs.openStream(acting, group, `${jobName}/${host}-${Math.floor(now / 1000)}`)
  }

  static async openStream(acting: Acting, group: string, stream: string): Promise<JobLogs> {
    try {
      const known = await acting
        .call('logs', 'DescribeLogStreams', { logGroupName: group, logStreamNamePrefix: stream, limit: 1 })
        .then(() => true, notFound)
      if (!known) await acting.call('logs', 'CreateLogGroup', { logGroupName: group }).catch(alreadyThere)
      await acting.call('logs', 'CreateLogStream', { logGroupName: group, logStreamName: stream }).catch(alreadyThere)
    } catch (error) {
      throw asFailure(error)
    }
    return new JobLogs(acting, group, stream)
  }

  /** Takes one line, in order. */
  write(timestamp: number, message: string): void {
    // CloudWatch Logs refuses empty messages; an empty line is a line all the same.
    this.#pending.push({ timestamp, message: message === '' ? ' ' : message })
    if (this.#pending.length >= batchEvents) this.#send()
    else this.#timer ??= setTimeout(() => this.#send(), flushAfterMs)
  }

  #send(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const logEvents = this.#pending
    if (!logEvents.length) return
    this.#pending = []
    this.#sending = this.#sending
      .then(() =>
        this.#acting.call('logs', 'PutLogEvents', { logGroupName: this.#group, logStreamName: this.stream, logEvents }),
      )
      .then(
        () => undefined,
        (error: unknown) => void (this.#failure ??= error),
      )
  }

  async close(): Promise<void> {
    this.#send()
    await this.#sending
    if (this.#failure) throw asFailure(this.#failure)
  }
}

function notFound(error: unknown): false {
  if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return false
  throw error
}

function alreadyThere(error: unknown): void {
  if (!(error instanceof AwsError && error.code === 'ResourceAlreadyExistsException')) throw error
}

function asFailure(error: unknown): unknown {
  return error instanceof AwsError ? new JobFailure(reasons.logs(error), error) : error
}
