import type { NetworkInterfaceAttachment } from '@aws-sdk/client-ec2'
import type { Shape } from '../../../wire/shape.ts'
import { publicAddress, publicDnsName } from '../address/bind-address.ts'
import type { AddressDocument, NetworkInterfaceDocument } from '../documents.ts'
import type { Estate } from '../estate.ts'
import { addresses, networkInterfaces } from '../nouns.ts'
import { without } from '../without.ts'

/** The interfaces of every instance, each list in the order of its devices. */
export function interfacesByInstance(estate: Estate): Map<string, NetworkInterfaceDocument[]> {
  const all = new Map<string, NetworkInterfaceDocument[]>()
  for (const eni of estate.list(networkInterfaces)) {
    const id = eni.Attachment?.InstanceId
    if (id === undefined) continue
    all.set(id, [...(all.get(id) ?? []), eni])
  }
  for (const list of all.values()) list.sort((a, b) => deviceIndex(a) - deviceIndex(b))
  return all
}

export function interfacesOf(estate: Estate, instanceId: string): NetworkInterfaceDocument[] {
  return interfacesByInstance(estate).get(instanceId) ?? []
}

export const deviceIndex = (eni: NetworkInterfaceDocument): number => eni.Attachment?.DeviceIndex ?? 0

/** Puts an interface on an instance; attached at once. */
export function attach(
  estate: Estate,
  eni: NetworkInterfaceDocument,
  to: { InstanceId: string; DeviceIndex: number; DeleteOnTermination: boolean },
): NetworkInterfaceDocument {
  const Attachment: Shape<NetworkInterfaceAttachment> = {
    AttachTime: estate.now,
    AttachmentId: estate.mint('eni-attach-'),
    DeleteOnTermination: to.DeleteOnTermination,
    DeviceIndex: to.DeviceIndex,
    InstanceId: to.InstanceId,
    InstanceOwnerId: estate.account,
    NetworkCardIndex: 0,
    Status: 'attached',
  }
  for (const address of elasticAddresses(estate, eni)) {
    estate.save(addresses, { ...address, InstanceId: to.InstanceId })
  }
  return estate.save(networkInterfaces, { ...eni, Attachment, Status: 'in-use' })
}

const elasticAddresses = (estate: Estate, { NetworkInterfaceId }: NetworkInterfaceDocument): AddressDocument[] =>
  estate.list(addresses).filter((one) => one.NetworkInterfaceId === NetworkInterfaceId)

/** Takes an interface off its instance; a public address that was Amazon's goes with it. */
export function detach(estate: Estate, eni: NetworkInterfaceDocument): NetworkInterfaceDocument {
  for (const address of elasticAddresses(estate, eni)) estate.save(addresses, without(address, 'InstanceId'))
  return estate.save(networkInterfaces, { ...without(losePublicAddress(eni), 'Attachment'), Status: 'available' })
}

/** Gives an interface that shall have one a public address out of Amazon's pool, unless it has an Elastic IP address. */
export function giveAmazonAddress(estate: Estate, eni: NetworkInterfaceDocument): NetworkInterfaceDocument {
  if (!eni.AssociatePublicIpAddress || eni.Association) return eni
  const PublicIp = unusedPublicAddress(estate)
  const Association = { IpOwnerId: 'amazon', PublicDnsName: publicDnsName(PublicIp, estate.region), PublicIp }
  return estate.save(networkInterfaces, {
    ...eni,
    Association,
    PrivateIpAddresses: eni.PrivateIpAddresses.map((one) => (one.Primary ? { ...one, Association } : one)),
  })
}

/** The opposite, as when an instance stops: an Elastic IP address stays. */
export function takeAmazonAddress(estate: Estate, eni: NetworkInterfaceDocument): void {
  const less = losePublicAddress(eni)
  if (less !== eni) estate.save(networkInterfaces, less)
}

function losePublicAddress(eni: NetworkInterfaceDocument): NetworkInterfaceDocument {
  if (eni.Association?.IpOwnerId !== 'amazon') return eni
  return {
    ...without(eni, 'Association'),
    PrivateIpAddresses: eni.PrivateIpAddresses.map((one) => without(one, 'Association')),
  }
}

/** Elastic IP addresses are looked through by the address itself; those of other interfaces here. */
function unusedPublicAddress(estate: Estate): string {
  const { store } = estate.call.world
  const taken = new Set(
    store.list<NetworkInterfaceDocument>(networkInterfaces.kind).map(({ value }) => value.Association?.PublicIp),
  )
  for (;;) {
    const address = publicAddress(estate)
    if (!taken.has(address)) return address
  }
}
