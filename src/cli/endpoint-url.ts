import { connect } from './client.ts'
import { exitCode } from './exit-code.ts'

/** Prints the loopback URL that stands for an interface endpoint, for `aws --endpoint-url`. */
export async function endpointUrl(vpcEndpointId: string, { format }: { format: 'pretty' | 'json' }): Promise<number> {
  const { Url } = await connect().call('sallyport', 'GetEndpointUrl', { VpcEndpointId: vpcEndpointId })
  process.stdout.write(format === 'json' ? `${JSON.stringify({ vpcEndpointId, url: Url })}\n` : `${Url}\n`)
  return exitCode.ok
}
