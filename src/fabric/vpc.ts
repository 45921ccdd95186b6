import type { Network } from '../network/types.ts'
import { recordRun } from '../runners/records.ts'
import type { World } from '../world.ts'
import { answer } from './arrivals.ts'
import type { Answering } from './arrivals.ts'
import type { Internet, Place } from './internet.ts'
import { LISTENING, addressesOf, isOfFabric, planOf, resolversOf } from './plan.ts'
import type { Plugged } from './plan.ts'
import { plugScript, unplugScript } from './plug.ts'
import { CORPORATE_DNS } from './premises.ts'
import type { Mode } from './probe.ts'
import { FabricError, openRouter } from './router.ts'
import type { Router } from './router.ts'
import { CLOSED, compileRuleset, transition } from './ruleset.ts'
import type { Ruleset } from './ruleset.ts'
import { openSockets } from './sockets.ts'

export interface VpcPlace {
  account: string
  region: string
  vpcId: string
}

/** A network that is in no account's documents: SageMaker's own (service-network.ts). */
export interface OwnNetwork {
  network(): Network
  /** Nobody answers there: no names, no services, no credentials. */
  silent?: boolean
  origin?: Answering['origin']
}

/** One VPC made real: its router, its sockets, and a namespace for each interface in use. */
export interface VpcFabric {
  /** Makes the interface's namespace; the returned command enters it. */
  plug(networkInterfaceId: string): Promise<string[]>
  unplug(networkInterfaceId: string): Promise<void>
  /** Enforces the network as it is now. */
  refresh(): Promise<void>
  /** Process that keeps the namespaces; they go when it ends. */
  readonly keeper: number
  close(): Promise<void>
}

/** Two scripts that have nothing to do with each other; it fails when one does. */
const atOnce = (one: string, other: string) => (one && other ? `{ ${one}} & one=$!\n${other}wait $one\n` : one + other)

const filter = (text: string) => `nft -f - <<'END'\n${text}END\n`

type Parts = Omit<Answering, 'interfaceAt' | 'account' | 'region'>

/** The allow-list of the real internet, once it is known which VPC asks. */
export type OpenInternet = (place: Place) => Internet

export async function openVpc(
  world: World,
  place: VpcPlace,
  options: {
    mode: Mode
    records: string
    parts: (vpc: VpcPlace, network: () => Network, internet?: Internet) => Parts
    own?: OwnNetwork | undefined
    /** Absent: closed. */
    internet?: OpenInternet | undefined
    natIdleSeconds?: number | undefined
  },
): Promise<VpcFabric> {
  const { account, region, vpcId } = place
  const { own } = options
  const network = () => own?.network() ?? world.network(account, region)
  const router = await openRouter(options.mode)
  const forget = recordRun(options.records, `${account}.${region}.${vpcId}.${router.pid}`, [router.pid], '')
  const plugged = new Map<string, Plugged>()
  const byAddress = new Map<string, string>()
  let enforced: Ruleset | undefined
  let devices = 0

  const internet: Internet | undefined = own?.silent
    ? undefined
    : options.internet?.({ isOfFabric: (address) => isOfFabric(planNow(), address), changed: () => enforce() })
  const planNow = () => planOf(network(), vpcId, [...plugged.values()], internet?.openings(), options.natIdleSeconds)

  /** Puts the filter in step with the network, `beside` and then `after` another script. Fails closed. */
  const enforce = async (beside = '', after = ''): Promise<void> => {
    const next = compileRuleset(planNow())
    const text = transition(enforced, next)
    enforced = next
    if (beside + text + after === '') return
    try {
      await router.run(atOnce(text && filter(text), beside) + after)
    } catch (error) {
      enforced = undefined
      await router.run(filter(transition(undefined, CLOSED)))
      throw error
    }
  }
  const sockets = await openAnswers(router).catch(async (error: unknown) => {
    await router.close()
    forget()
    throw error
  })

  async function openAnswers(inside: Router) {
    const vpc = network().documents.Vpcs.find((one) => one.VpcId === vpcId)
    const resolvers = ['169.254.169.253', 'fd00:ec2::253', ...(vpc ? resolversOf(vpc) : [])]
    const dns = [...resolvers, ...Object.values(CORPORATE_DNS)].map((host) => ({ host, port: 53 }))
    const ports = new Set([...LISTENING, ...(internet?.ports ?? [])])
    const calls = [...ports].flatMap((port) => ['0.0.0.0', '::'].map((host) => ({ host, port })))
    const opened = own?.silent ? [] : await openSockets(inside, { tcp: [...calls, ...dns], udp: dns })
    await enforce()
    return answer(world, opened, {
      ...options.parts(place, network, internet),
      origin: own?.origin,
      account,
      region,
      interfaceAt: (address) => byAddress.get(address),
    })
  }

  function forgetInterface(networkInterfaceId: string): void {
    plugged.delete(networkInterfaceId)
    for (const [address, owner] of byAddress) if (owner === networkInterfaceId) byAddress.delete(address)
  }

  return {
    keeper: router.pid,
    async plug(networkInterfaceId) {
      if (plugged.has(networkInterfaceId)) throw new FabricError(`${networkInterfaceId} is in use already`)
      const addresses = addressesOf(network(), networkInterfaceId)
      if (addresses.length === 0) throw new FabricError(`${networkInterfaceId} is gone`)
      const taken = addresses.find((address) => byAddress.has(address))
      if (taken !== undefined) throw new FabricError(`${taken} is in use already`)
      const device = `e${(devices += 1)}`
      plugged.set(networkInterfaceId, { device, networkInterfaceId })
      for (const address of addresses) byAddress.set(address, networkInterfaceId)
      try {
        await enforce(plugScript(network(), networkInterfaceId, device))
      } catch (error) {
        forgetInterface(networkInterfaceId)
        await router.run(`( ${unplugScript(networkInterfaceId, device)} ) || :`)
        throw error
      }
      return router.enter(networkInterfaceId)
    },
    async unplug(networkInterfaceId) {
      const one = plugged.get(networkInterfaceId)
      if (!one) return
      forgetInterface(networkInterfaceId)
      await enforce('', unplugScript(networkInterfaceId, one.device))
    },
    refresh: () => enforce(),
    async close() {
      internet?.close()
      await sockets.close()
      await router.close()
      forget()
    },
  }
}
