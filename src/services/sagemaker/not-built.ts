import { AwsError } from '../../wire/aws-error.ts'

/** Refuses by name what an operation knows on AWS and would do nothing here: `asked` says of each whether it was asked for. */
export function refuseNotBuilt(operation: string, asked: Readonly<Record<string, unknown>>): void {
  const named = Object.keys(asked).filter((name) => asked[name])
  if (!named.length) return
  throw new AwsError(
    'NotImplemented',
    `${operation}: not built in Sallyport yet: ${named.join(', ')}; nothing was done.`,
    501,
  )
}
