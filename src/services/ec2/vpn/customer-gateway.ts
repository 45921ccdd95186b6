import type {
  CreateCustomerGatewayRequest,
  CreateCustomerGatewayResult,
  DeleteCustomerGatewayRequest,
  DescribeCustomerGatewaysRequest,
  DescribeCustomerGatewaysResult,
} from '@aws-sdk/client-ec2'
import { parseIpv4 } from '../../../network/addresses.ts'
import { AwsError } from '../../../wire/aws-error.ts'
import { describe, type FilterTable } from '../describe.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { invalidCombination, invalidValueOf, missingParameter } from '../errors.ts'
import type { CustomerGatewayDocument } from '../gateway-documents.ts'
import { customerGateways, vpnConnections } from '../gateway-nouns.ts'
import { parseIpv6 } from '../ipv6.ts'
import { describing, making, on } from '../needs.ts'
import { within } from '../quotas.ts'
import { givenTags } from '../tags.ts'

/** The device at the other end, by its address or certificate. The same request again answers with the same gateway (API reference). */
export const createCustomerGateway = ec2Operation<CreateCustomerGatewayRequest, CreateCustomerGatewayResult>(
  'CreateCustomerGateway',
  {
    needs: (input, estate) => making(estate, 'CreateCustomerGateway', customerGateways, input.TagSpecifications),
    perform(input, estate) {
      const IpAddress = input.IpAddress ?? input.PublicIp
      if (!IpAddress && !input.CertificateArn) throw missingParameter('ipAddress')
      if (IpAddress && parseIpv4(IpAddress) === undefined && parseIpv6(IpAddress) === undefined) {
        throw invalidValueOf(IpAddress, 'ipAddress', 'Invalid IP address.')
      }
      if (input.BgpAsn !== undefined && input.BgpAsnExtended !== undefined) {
        throw invalidCombination('Only one of bgpAsn and bgpAsnExtended may be specified')
      }
      const given = {
        Type: input.Type,
        ...(IpAddress ? { IpAddress } : {}),
        ...(input.CertificateArn ? { CertificateArn: input.CertificateArn } : {}),
        ...(input.DeviceName ? { DeviceName: input.DeviceName } : {}),
        ...(input.BgpAsnExtended === undefined
          ? { BgpAsn: String(input.BgpAsn ?? 65000) }
          : { BgpAsnExtended: String(input.BgpAsnExtended) }),
      }
      const same = (one: CustomerGatewayDocument) =>
        (['Type', 'IpAddress', 'CertificateArn', 'DeviceName', 'BgpAsn', 'BgpAsnExtended'] as const).every(
          (name) => one[name] === (given as CustomerGatewayDocument)[name],
        )
      const all = estate.list(customerGateways)
      const existing = all.find(same)
      if (existing) return { CustomerGateway: existing }
      within('customerGateways', all.length + 1)
      const CustomerGateway = estate.save(customerGateways, {
        CustomerGatewayId: estate.mint(customerGateways.prefix),
        ...given,
        State: 'available',
        Tags: givenTags(customerGateways, input.TagSpecifications),
      })
      return { CustomerGateway }
    },
  },
)

const filters: FilterTable<CustomerGatewayDocument> = {
  'bgp-asn': (gateway) => gateway.BgpAsn ?? gateway.BgpAsnExtended,
  'customer-gateway-id': (gateway) => gateway.CustomerGatewayId,
  'ip-address': (gateway) => gateway.IpAddress,
  state: (gateway) => gateway.State,
  type: (gateway) => gateway.Type,
}

export const describeCustomerGateways = ec2Operation<DescribeCustomerGatewaysRequest, DescribeCustomerGatewaysResult>(
  'DescribeCustomerGateways',
  {
    needs: (_, estate) => describing(estate, 'DescribeCustomerGateways'),
    perform(input, estate) {
      const question = { ids: input.CustomerGatewayIds, filters: input.Filters }
      return { CustomerGateways: describe(estate, customerGateways, filters, question).things }
    },
  },
)

/** A VPN connection holds it. */
export const deleteCustomerGateway = ec2Operation<DeleteCustomerGatewayRequest, object>('DeleteCustomerGateway', {
  needs: (input, estate) => [on(estate, 'DeleteCustomerGateway', customerGateways, input.CustomerGatewayId)],
  perform(input, estate) {
    const { CustomerGatewayId: id } = estate.get(customerGateways, input.CustomerGatewayId)
    if (estate.list(vpnConnections).some((one) => one.CustomerGatewayId === id && one.State !== 'deleted')) {
      throw new AwsError('IncorrectState', 'The customer gateway is in use.')
    }
    estate.remove(customerGateways, id)
    return {}
  },
})
