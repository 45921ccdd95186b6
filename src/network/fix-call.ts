/** A fix as an EC2 call and as the AWS CLI spells it. */
import type { CallInputs } from './apply.ts'
import type { NetworkFix } from './types.ts'

/** Calls that belong together. */
export type Suggestion = readonly NetworkFix[]

/** `exposure`: see exposure.ts. */
export function fix<O extends keyof CallInputs>(
  operation: O,
  input: CallInputs[O],
  exposure: number,
  text: string,
): NetworkFix {
  return {
    text,
    call: { service: 'ec2', operation, input: { ...input } },
    command: awsCommand(operation, { ...input }),
    exposure,
  }
}

const kebab = (name: string): string => name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase()

/** The call as an AWS CLI command. */
export function awsCommand(operation: string, input: Record<string, unknown>): string {
  const words = ['aws', 'ec2', kebab(operation)]
  for (const [member, value] of Object.entries(input)) {
    const flag = `--${kebab(member)}`
    if (operation === 'CreateNetworkAclEntry' && member === 'Egress') words.push(value ? '--egress' : '--ingress')
    else if (operation === 'ModifyNetworkInterfaceAttribute' && member === 'SourceDestCheck')
      words.push('--no-source-dest-check')
    else if (typeof value === 'boolean') words.push(value ? flag : `--no-${flag.slice(2)}`)
    else if (Array.isArray(value) && value.every((item) => typeof item === 'string')) words.push(flag, ...value)
    else if (typeof value === 'object') words.push(flag, `'${JSON.stringify(value)}'`)
    else words.push(flag, `${value as string | number}`)
  }
  return words.join(' ')
}
