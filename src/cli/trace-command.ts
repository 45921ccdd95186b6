import { connect } from './client.ts'
import { trace } from './trace.ts'

interface Options {
  from: string
  to: string
  securityGroup: string[]
  format: 'pretty' | 'json'
}

/** `trace`: reads the VPC by ordinary describe calls and asks the network model here. */
export async function traceCommand({ from, to, securityGroup, format }: Options): Promise<number> {
  const client = connect()
  return trace({
    from,
    to,
    securityGroups: securityGroup,
    format,
    region: client.region,
    describe: (operation, input) => client.call('ec2', operation, input),
    out: (text) => process.stdout.write(text),
  })
}
