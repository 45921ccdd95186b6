import { AwsError } from '../../../wire/aws-error.ts'

/** Transit gateways answer what stands in the way of a change with this code. */
export const incorrectState = (message: string): AwsError => new AwsError('IncorrectState', message)
