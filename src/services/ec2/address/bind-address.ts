import { formatIpv4, parseIpv4 } from '../../../network/addresses.ts'
import type { AddressDocument, NetworkInterfaceDocument } from '../documents.ts'
import type { Estate } from '../estate.ts'
import { addresses, networkInterfaces } from '../nouns.ts'
import { without } from '../without.ts'

/** Stand-in for EC2's public ranges: AWS's own, apart from every service address and prefix list of the model. */
const POOL = parseIpv4('44.192.0.0')!
const POOL_BITS = 21

/** A public address that nobody has, in any account or Region of this server. */
export function publicAddress(estate: Estate): string {
  const { world } = estate.call
  const taken = new Set(world.store.list<AddressDocument>(addresses.kind).map((row) => row.value.PublicIp))
  for (;;) {
    const address = formatIpv4(POOL + (parseInt(world.hex(8), 16) >>> (32 - POOL_BITS)))
    if (!taken.has(address) && !/\.(0|255)$/.test(address)) return address
  }
}

/** `ec2-44-192-1-2.compute-1.amazonaws.com` in us-east-1, `….R.compute.amazonaws.com` elsewhere. */
export function publicDnsName(publicIp: string, region: string): string {
  const zone = region === 'us-east-1' ? 'compute-1' : `${region}.compute`
  return `ec2-${publicIp.replaceAll('.', '-')}.${zone}.amazonaws.com`
}

/** Maps the address one-to-one onto a private address of the interface: the primary one unless told. */
export function bindAddress(
  estate: Estate,
  address: AddressDocument,
  eni: NetworkInterfaceDocument,
  privateIp = eni.PrivateIpAddress,
): AddressDocument {
  const AssociationId = estate.mint('eipassoc-')
  const Association = {
    AllocationId: address.AllocationId,
    AssociationId,
    IpOwnerId: estate.account,
    PublicDnsName: publicDnsName(address.PublicIp, estate.region),
    PublicIp: address.PublicIp,
  }
  estate.save(networkInterfaces, {
    ...eni,
    ...(privateIp === eni.PrivateIpAddress ? { Association } : {}),
    PrivateIpAddresses: eni.PrivateIpAddresses.map((one) =>
      one.PrivateIpAddress === privateIp ? { ...one, Association } : one,
    ),
  })
  const { InstanceId } = eni.Attachment ?? {}
  return estate.save(addresses, {
    ...address,
    AssociationId,
    NetworkInterfaceId: eni.NetworkInterfaceId,
    NetworkInterfaceOwnerId: estate.account,
    PrivateIpAddress: privateIp,
    ...(InstanceId ? { InstanceId } : {}),
  })
}

/** Takes the address off whatever it is on. The interface may be gone already. */
export function unbindAddress(estate: Estate, address: AddressDocument): void {
  const eni = estate.find(networkInterfaces, address.NetworkInterfaceId)
  if (eni) {
    const PrivateIpAddresses = eni.PrivateIpAddresses.map((one) =>
      one.Association?.AllocationId === address.AllocationId ? without(one, 'Association') : one,
    )
    const isPrimary = eni.Association?.AllocationId === address.AllocationId
    estate.save(networkInterfaces, { ...(isPrimary ? without(eni, 'Association') : eni), PrivateIpAddresses })
  }
  estate.save(
    addresses,
    without(
      address,
      'AssociationId',
      'NetworkInterfaceId',
      'NetworkInterfaceOwnerId',
      'PrivateIpAddress',
      'InstanceId',
    ),
  )
}
