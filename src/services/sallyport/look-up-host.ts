import { need } from '../../door/call.ts'
import { fabricOf } from '../../fabric/fabric.ts'
import { operation } from '../operation.ts'

/**
 * What the server's egress list makes of a host of the internet: what `trace` cannot tell from EC2's documents. Only names that
 * the list has are looked up.
 */
export const lookUpHost = operation<{ Host: string; Port?: number }, { Addresses: string[]; Admitted: string[] }>(
  'sallyport',
  'LookUpHost',
  {
    needs: () => [need('ec2:DescribeInternetGateways', '*', { shownAs: null })],
    async perform({ Host, Port = 443 }, { call, world }) {
      const { addresses, admitted } = await fabricOf(world).lookUp(call, Host, Port)
      return { Addresses: addresses, Admitted: admitted }
    },
  },
)
