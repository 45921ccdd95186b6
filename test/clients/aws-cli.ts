import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { ClientError, type ApiClient } from './client.ts'
import { root, run, type Environment, type Outcome } from './command.ts'

const bin = join(root, '.venv/bin')

/** The AWS CLI with a home folder of its own, so that nobody's profile is read. */
export interface AwsCli extends ApiClient {
  /** `aws …`, whatever it exits with. */
  aws(...args: string[]): Promise<Outcome>
  /** A line for a shell, in which `aws` is this one. */
  shell(line: string): Promise<Outcome>
}

export function awsCli(env: Environment): AwsCli {
  const home = mkdtempSync(join(tmpdir(), 'sallyport-home-'))
  const path = `${bin}${delimiter}${process.env['PATH'] ?? ''}`
  const all = { ...env, HOME: home, PATH: path, AWS_PAGER: '', AWS_EC2_METADATA_DISABLED: 'true' }
  const aws = (...args: string[]) => run([join(bin, 'aws'), ...args], all)

  async function call(service: string, operation: string, input: object = {}) {
    const outcome = await aws(
      service === 's3' ? 's3api' : service,
      kebab(operation),
      ...options(input),
      '--output',
      'json',
    )
    const text = succeeded(outcome).stdout
    return text.trim() ? JSON.parse(text) : {}
  }

  return {
    name: 'the AWS CLI',
    aws,
    shell: (line) => run(['/bin/sh', '-c', line], all),
    call,
    async upload(file, bucket, key) {
      succeeded(await aws('s3', 'cp', '--quiet', file, `s3://${bucket}/${key}`))
    },
    async download(bucket, key, file) {
      succeeded(await aws('s3', 'cp', '--quiet', `s3://${bucket}/${key}`, file))
    },
    async waitForJob(name) {
      // `aws sagemaker wait` looks once a minute: it is asked only once it has nothing to wait for.
      const over = async () => {
        const { TrainingJobStatus } = await call('sagemaker', 'DescribeTrainingJob', { TrainingJobName: name })
        return !['InProgress', 'Stopping'].includes(TrainingJobStatus as string)
      }
      while (!(await over())) await delay(300)
      succeeded(await aws('sagemaker', 'wait', 'training-job-completed-or-stopped', '--training-job-name', name))
    },
    close: () => Promise.resolve(rmSync(home, { recursive: true, force: true })),
  }
}

/** As botocore names commands and options: `VPCEndpointId` -> `vpc-endpoint-id`. */
function kebab(name: string): string {
  return name
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1-$2')
    .replaceAll(/([a-z\d])([A-Z])/g, '$1-$2')
    .toLowerCase()
}

function options(input: object): string[] {
  return Object.entries(input).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value === 'boolean') return [`--${value ? '' : 'no-'}${kebab(name)}`]
    return [`--${kebab(name)}`, typeof value === 'string' ? value : JSON.stringify(value)]
  })
}

function succeeded(outcome: Outcome): Outcome {
  if (outcome.code === 0) return outcome
  const said = /An error occurred \((\w+)\) when calling the \w+ operation(?: \([^)]*\))?: (.*)/s.exec(outcome.stderr)
  if (!said) throw new Error(`aws exited with ${outcome.code}: ${outcome.stderr}`)
  throw new ClientError(said[1]!, said[2]!.trim())
}
