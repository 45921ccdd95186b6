import { AwsError } from '../wire/aws-error.ts'
import { exitCode } from './exit-code.ts'

/** Says on stderr what went wrong and what to do next; returns the exit code. */
export function explainFailure(error: unknown): number {
  if (error instanceof UsageError) {
    process.stderr.write(`sallyport: ${error.message}\n`)
    return exitCode.usage
  }
  if (error instanceof AwsError) {
    process.stderr.write(`sallyport: ${error.code}: ${error.message}\n`)
    const id = error.fields['RequestId']
    const isDenial = /AccessDenied|UnauthorizedOperation/.test(error.code)
    if (isDenial && id) process.stderr.write(`next: ./sallyport explain ${id}\n`)
    return isDenial ? exitCode.denied : exitCode.failure
  }
  const text = error instanceof Error ? error.message : String(error)
  process.stderr.write(`sallyport: ${text}\n`)
  if (process.env['SALLYPORT_DEBUG'] && error instanceof Error) process.stderr.write(`${error.stack}\n`)
  return exitCode.failure
}

/** The command was given something that cannot be meant: exit code 64. */
export class UsageError extends Error {}
