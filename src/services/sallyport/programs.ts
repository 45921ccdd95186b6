import type { Call } from '../../door/call.ts'
import { fabricOf } from '../../fabric/fabric.ts'
import type { Attachment } from '../../fabric/fabric.ts'
import { offerContainerCredentials } from '../../metadata/container-credentials.ts'
import type { OfferedCredentials } from '../../metadata/container-credentials.ts'
import { bootId, processInfo } from '../../runners/proc.ts'
import { hostOnPremises } from '../../network/on-premises.ts'
import type { World } from '../../world.ts'
import { estateOf } from '../ec2/estate.ts'
import { attachByProxy } from './by-proxy.ts'
import { removeInterface } from '../ec2/network-interface/delete-network-interface.ts'

/**
 * Programs that somebody runs inside a VPC (`sallyport exec`). Each has a network interface of its own, which ends with the
 * process that was named at the start, as an instance's own interface ends with the instance.
 */
const kind = 'sallyport/program'

export interface Program {
  account: string
  region: string
  networkInterfaceId: string
  /** The process on this machine that the interface is for. */
  process: { pid: number; startTime: number; boot: string }
}

const running = new WeakMap<World, Map<string, { end: () => Promise<void>; timer: NodeJS.Timeout }>>()

function runningIn(world: World) {
  const kept = running.get(world) ?? new Map()
  running.set(world, kept)
  return kept
}

/** How often it is looked whether the process still lives. */
const LOOK_MS = 100

const keyOf = ({ account, region }: { account: string; region: string }, id: string) => `${account}/${region}/${id}`

/** What tells one process from all others for good; undefined when there is none. */
export function processOf(pid: number): Program['process'] | undefined {
  const info = processInfo(pid)
  return info && { pid, startTime: info.startTime, boot: bootId() }
}

/** Whether a program runs at this place already. */
export function isTaken(store: World['store'], program: Program): boolean {
  return store.get(kind, keyOf(program, program.networkInterfaceId)) !== undefined
}

/** To be called with the making of the interface in one transaction: then no crash leaves one that nobody knows. */
export function noteProgram(world: World, program: Program): void {
  world.store.put(kind, keyOf(program, program.networkInterfaceId), program)
}

/** Gives a noted interface a namespace, until the process ends. Rejects with FabricError, and the interface is gone. */
export async function startProgramAt(call: Call, program: Program, role?: OfferedCredentials): Promise<Attachment> {
  const { world } = call
  const key = keyOf(program, program.networkInterfaceId)
  try {
    const byProxy = world.config.fabric === 'proxy'
    const attachment = byProxy ? await attachByProxy(world, program, role) : await fabricOf(world).attach(program)
    const timer = setInterval(() => {
      if (processInfo(program.process.pid)?.startTime !== program.process.startTime) void endProgram(world, key)
    }, LOOK_MS).unref()
    const offer = byProxy ? undefined : role && offerContainerCredentials(world, program, role)
    const end = () => (offer?.withdraw(), attachment.detach())
    runningIn(world).set(key, { timer, end })
    const env = offer && { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: offer.relativeUri }
    return { ...attachment, env: { ...attachment.env, ...env } }
  } catch (error) {
    forget(world, program)
    throw error
  }
}

/** Takes the namespace and the interface away; false when no such program runs. */
export async function stopProgramAt(
  world: World,
  place: { account: string; region: string },
  id: string,
): Promise<boolean> {
  return endProgram(world, keyOf(place, id))
}

async function endProgram(world: World, key: string): Promise<boolean> {
  const one = runningIn(world).get(key)
  const program = world.store.get<Program>(kind, key)
  if (!one || !program) return false
  runningIn(world).delete(key)
  clearInterval(one.timer)
  try {
    await one.end()
  } catch (error) {
    world.log.error({ err: error }, 'a namespace could not be taken away')
  }
  forget(world, program)
  return true
}

/** Interfaces of programs that a server that crashed had placed. To be called at start. */
export function forgetPrograms(world: World): void {
  for (const { value } of world.store.list<Program>(kind)) forget(world, value)
}

/** To be called before the store closes. */
export async function endPrograms(world: World): Promise<void> {
  await Promise.all([...runningIn(world).keys()].map((key) => endProgram(world, key)))
}

/** EC2 itself deletes such an interface, whoever made it, as it does with those that are marked DeleteOnTermination. */
function forget(world: World, program: Program): void {
  const { account, region, networkInterfaceId } = program
  const now = world.now()
  world.store.transaction(() => {
    // A host on premises has no interface of EC2's.
    if (!hostOnPremises(networkInterfaceId))
      removeInterface(estateOf({ world, account, region, time: now } as Call), networkInterfaceId)
    world.store.delete(kind, keyOf(program, networkInterfaceId))
  })
}
