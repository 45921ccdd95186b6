import { AwsError } from '../../wire/aws-error.ts'

/** EC2's recurring sentences (facts: errors.md A6 and the EC2 API's table of error codes), in one place. */

export const dryRun = (): AwsError =>
  new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412)

export const missingParameter = (name: string): AwsError =>
  new AwsError('MissingParameter', `The request must contain the parameter ${name}`)

export const invalidValue = (message: string): AwsError => new AwsError('InvalidParameterValue', message)

export const invalidValueOf = (value: unknown, parameter: string, why: string): AwsError =>
  invalidValue(`Value (${String(value)}) for parameter ${parameter} is invalid. ${why}`)

export const invalidParameter = (message: string): AwsError => new AwsError('InvalidParameter', message)

export const invalidCombination = (message: string): AwsError => new AwsError('InvalidParameterCombination', message)

/** A resource that others still stand on. `called` is EC2's own name of it: vpc, subnet, routeTable, … */
export const hasDependencies = (called: string, id: string): AwsError =>
  new AwsError('DependencyViolation', `The ${called} '${id}' has dependencies and cannot be deleted.`)

export const differentNetworks = (groupId: string, subnetId: string): AwsError =>
  invalidParameter(`Security group ${groupId} and subnet ${subnetId} belong to different networks.`)

export const noFreeAddresses = (): AwsError =>
  new AwsError(
    'InsufficientFreeAddressesInSubnet',
    'The specified subnet does not have enough free addresses to satisfy the request.',
  )

export const associationNotFound = (id: string): AwsError =>
  new AwsError('InvalidAssociationID.NotFound', `The association ID '${id}' does not exist`)

/** What belongs to AWS or to another service (an endpoint's interface, an endpoint's route) is not the user's to change. */
export const notYours = (): AwsError =>
  new AwsError('AuthFailure', 'You do not have permission to access the specified resource.')

/** A parameter of AWS's that is not built here is refused by name, never ignored (design.md). */
export const notBuilt = (what: string): AwsError => new AwsError('NotImplemented', `${what} is not built.`, 501)

/** Refuses the members of an input that are not built. */
export function refuseUnbuilt(input: object, ...names: readonly string[]): void {
  for (const [name, value] of Object.entries(input)) {
    if (value !== undefined && names.includes(name)) throw notBuilt(name)
  }
}

export const belongToDifferentNetworks = (one: string, other: string): AwsError =>
  invalidValue(`${one} and ${other} belong to different networks`)
