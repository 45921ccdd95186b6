import { XMLBuilder } from 'fast-xml-parser'
import type { CustomerGatewayDocument } from '../gateway-documents.ts'
import { insideAddresses, type Tunnel } from './tunnels.ts'

interface Parts {
  VpnConnectionId: string
  VpnGatewayId?: string
  TransitGatewayId?: string
  amazonAsn: number
  staticRoutes: boolean
}

const builder = new XMLBuilder({ format: true, indentBy: '  ', ignoreAttributes: false, suppressEmptyNode: false })

/**
 * CustomerGatewayConfiguration: what one feeds the device at the other end, in the form of AWS's native XML
 * (Site-to-Site VPN User Guide, "Customer gateway device configuration files").
 */
export function configurationOf(parts: Parts, customer: CustomerGatewayDocument, tunnels: readonly Tunnel[]): string {
  return builder.build({
    '?xml': { '@_version': '1.0', '@_encoding': 'UTF-8' },
    vpn_connection: {
      '@_id': parts.VpnConnectionId,
      customer_gateway_id: customer.CustomerGatewayId,
      ...(parts.VpnGatewayId ? { vpn_gateway_id: parts.VpnGatewayId } : {}),
      ...(parts.TransitGatewayId ? { transit_gateway_id: parts.TransitGatewayId } : {}),
      vpn_connection_type: 'ipsec.1',
      ...(parts.staticRoutes ? { vpn_connection_attributes: 'NoBGPVPNConnection' } : {}),
      ipsec_tunnel: tunnels.map((tunnel) => tunnelOf(tunnel, parts, customer)),
    },
  })
}

function tunnelOf(tunnel: Tunnel, parts: Parts, customer: CustomerGatewayDocument) {
  const inside = insideAddresses(tunnel)
  const end = (outside: string | undefined, ip: string, asn: string | number) => ({
    ...(outside ? { tunnel_outside_address: { ip_address: outside } } : {}),
    tunnel_inside_address: { ip_address: ip, network_mask: '255.255.255.252', network_cidr: 30 },
    ...(parts.staticRoutes ? {} : { bgp: { asn, hold_time: 30 } }),
  })
  const asn = customer.BgpAsn ?? customer.BgpAsnExtended ?? ''
  const first = <T extends { Value?: string | number }>(list: T[] | undefined, or: string | number) =>
    list?.[0]?.Value ?? or
  return {
    customer_gateway: end(customer.IpAddress, inside.customer, asn),
    vpn_gateway: end(tunnel.OutsideIpAddress, inside.amazon, parts.amazonAsn),
    ike: {
      authentication_protocol: String(first(tunnel.Phase1IntegrityAlgorithms, 'sha1')).toLowerCase(),
      encryption_protocol: `${String(first(tunnel.Phase1EncryptionAlgorithms, 'aes-128')).toLowerCase()}-cbc`,
      lifetime: tunnel.Phase1LifetimeSeconds ?? 28800,
      perfect_forward_secrecy: `group${first(tunnel.Phase1DHGroupNumbers, 2)}`,
      mode: 'main',
      pre_shared_key: tunnel.PreSharedKey,
    },
    ipsec: {
      protocol: 'esp',
      authentication_protocol: `hmac-${String(first(tunnel.Phase2IntegrityAlgorithms, 'sha1')).toLowerCase()}-96`,
      encryption_protocol: `${String(first(tunnel.Phase2EncryptionAlgorithms, 'aes-128')).toLowerCase()}-cbc`,
      lifetime: tunnel.Phase2LifetimeSeconds ?? 3600,
      perfect_forward_secrecy: `group${first(tunnel.Phase2DHGroupNumbers, 2)}`,
      mode: 'tunnel',
      clear_df_bit: true,
      fragmentation_before_encryption: true,
      tcp_mss_adjustment: 1379,
      dead_peer_detection: { interval: 10, retries: 3 },
    },
  }
}
