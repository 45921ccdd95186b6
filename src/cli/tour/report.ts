/** What a tour did and found; `tour --format json` prints it as one document. */
export interface TourReport {
  version: 1
  /** Whether everything went as it was told. */
  ok: boolean
  server: { url: string; region: string; temporary: boolean }
  /** Every numbered step, the broken ones included. */
  steps: StepReport[]
  model?: ModelReport
  breaks: BreakReport[]
  seconds: number
}

export interface StepReport {
  number: number
  title: string
  why: string
  /** AWS CLI commands that do the same, whole. */
  commands: string[]
  status: 'done' | 'failed'
  outcome: string
  seconds: number
}

export interface ModelReport {
  uri: string
  bytes: number
  files: string[]
  /** The metric as the log told it, epoch by epoch. */
  metric: { name: string; values: number[] }
}

export interface BreakReport {
  title: string
  /** AWS's own words, and where they were said: in the answer to the request, or in the job that failed. */
  error: { code: string; message: string; by: 'request' | 'job' }
  /** What `explain` was asked for: a request id or a job's ARN. */
  explained: string
  /** The step at which the job failed. */
  step?: string
  blockers: { layer: string; text: string }[]
  fixes: { text: string; command: string }[]
  /** Status of the same job, once the fixes were applied. */
  repaired: string
}
