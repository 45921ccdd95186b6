import type {
  InstanceDocument,
  KeyPairDocument,
  NetworkInterfaceDocument,
  SubnetDocument,
  VpcDocument,
} from '../services/ec2/documents.ts'
import { instances, keyPairs, networkInterfaces, subnets, vpcs } from '../services/ec2/nouns.ts'
import type { World } from '../world.ts'

/** Who asks: told by the socket on which the question came in, never by a header. */
export interface AskingInterface {
  readonly account: string
  readonly region: string
  readonly networkInterfaceId: string
}

export interface LinkLocalRequest {
  readonly method: string
  /** As it stands in the request line. */
  readonly path: string
  /** Lower-cased names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** How many hops the answer takes to whoever asked: 1 for a program on the instance, 2 behind a container's bridge. */
  readonly hops?: number
}

export interface LinkLocalAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

/** An instance that runs, and its interfaces in the order of their devices. */
export interface Place extends AskingInterface {
  readonly instance: InstanceDocument
  readonly interfaces: readonly NetworkInterfaceDocument[]
}

/** The running instance to which the interface belongs; undefined for every other interface. */
export function placeOf(world: World, asking: AskingInterface): Place | undefined {
  const { store } = world
  const prefix = `${asking.account}/${asking.region}/`
  const eni = store.get<NetworkInterfaceDocument>(networkInterfaces.kind, prefix + asking.networkInterfaceId)
  const id = eni?.Attachment?.InstanceId
  const instance = id === undefined ? undefined : store.get<InstanceDocument>(instances.kind, prefix + id)
  if (instance?.State.Name !== 'running') return undefined
  return { ...asking, instance, interfaces: interfacesByInstance(world).get(prefix + instance.InstanceId) ?? [] }
}

type Interfaces = ReadonlyMap<string, readonly NetworkInterfaceDocument[]>

/** Who asks for metadata asks often: the interfaces are walked through once after each change of any. */
const indexes = new WeakMap<World, { epoch: number; byInstance: Interfaces }>()

function interfacesByInstance(world: World): Interfaces {
  const epoch = world.store.epoch(networkInterfaces.kind)
  const kept = indexes.get(world)
  if (kept?.epoch === epoch) return kept.byInstance
  const byInstance = new Map<string, NetworkInterfaceDocument[]>()
  for (const { key, value } of world.store.list<NetworkInterfaceDocument>(networkInterfaces.kind)) {
    const id = value.Attachment?.InstanceId
    if (id === undefined) continue
    const at = key.slice(0, key.lastIndexOf('/') + 1) + id
    byInstance.set(at, [...(byInstance.get(at) ?? []), value])
  }
  for (const list of byInstance.values()) {
    list.sort((a, b) => (a.Attachment?.DeviceIndex ?? 0) - (b.Attachment?.DeviceIndex ?? 0))
  }
  indexes.set(world, { epoch, byInstance })
  return byInstance
}

export function subnetOf({ store }: World, place: Place, eni: NetworkInterfaceDocument): SubnetDocument | undefined {
  return store.get<SubnetDocument>(subnets.kind, `${place.account}/${place.region}/${eni.SubnetId}`)
}

export function vpcOf({ store }: World, place: Place, eni: NetworkInterfaceDocument): VpcDocument | undefined {
  return store.get<VpcDocument>(vpcs.kind, `${place.account}/${place.region}/${eni.VpcId}`)
}

export function keyPairOf({ store }: World, { account, region, instance }: Place): KeyPairDocument | undefined {
  return store
    .list<KeyPairDocument>(keyPairs.kind, { prefix: `${account}/${region}/` })
    .map((row) => row.value)
    .find((pair) => instance.KeyName !== undefined && pair.KeyName === instance.KeyName)
}
