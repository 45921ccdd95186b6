import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { ClientError, type ApiClient } from './client.ts'
import { root, type Environment } from './command.ts'

interface Answer {
  result?: unknown
  error?: { code: string; message: string; requestId: string }
  fault?: string
}

export interface Boto3 extends ApiClient {
  /** A presigned URL by boto3's default signer for S3. */
  presigned(bucket: string, key: string): Promise<string>
}

/** boto3 in a Python process of its own: one JSON line a question, one an answer (python/session.py). */
export function boto3(env: Environment): Boto3 {
  const home = mkdtempSync(join(tmpdir(), 'sallyport-home-'))
  const child = spawn(join(root, '.venv/bin/python'), [join(import.meta.dirname, 'python/session.py')], {
    env: { ...env, HOME: home, AWS_EC2_METADATA_DISABLED: 'true' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  let turn: Promise<unknown> = Promise.resolve()

  // oxlint-disable-next-line typescript/no-explicit-any -- answers are as the model says, tests know their shape
  const ask = (question: object): Promise<any> => {
    const answered = turn.then(async () => {
      child.stdin.write(`${JSON.stringify(question)}\n`)
      const { value } = await lines.next()
      if (value === undefined) throw new Error('the Python process ended')
      return JSON.parse(value) as Answer
    })
    turn = answered.catch(() => {})
    return answered.then(({ result, error, fault }) => {
      if (error) throw new ClientError(error.code, error.message, error.requestId)
      if (fault) throw new Error(fault)
      return result
    })
  }
  return {
    name: 'boto3',
    call: (service, operation, input = {}) => ask({ do: 'call', service, operation, input }),
    upload: (path, bucket, key) => ask({ do: 'upload', path, bucket, key }),
    download: (bucket, key, path) => ask({ do: 'download', path, bucket, key }),
    waitForJob: (name) => ask({ do: 'wait', name }),
    presigned: (bucket, key) => ask({ do: 'presign', bucket, key }),
    async close() {
      const exited = once(child, 'exit')
      child.stdin.end()
      await exited
      rmSync(home, { recursive: true, force: true })
    },
  }
}
