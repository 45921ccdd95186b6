import type { Credentials } from '../door/door.ts'
import type { World } from '../world.ts'
import type { AskingInterface, LinkLocalAnswer, LinkLocalRequest } from './place.ts'

/** Whose credentials: those of a role session, renewed by whoever offers them. `expiresAt`: epoch milliseconds. */
export interface OfferedCredentials {
  readonly roleArn: string
  session(): Promise<{ credentials: Credentials; expiresAt: number }>
}

/** What is offered at each interface, by id. It lives as long as the program there does. */
const offers = new WeakMap<World, Map<string, OfferedCredentials>>()

const keyOf = ({ account, region, networkInterfaceId }: AskingInterface, id: string): string =>
  [account, region, networkInterfaceId, id].join('/')

/**
 * Offers credentials to the programs behind one interface at 169.254.170.2. Gives the value of
 * AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, and how to withdraw them.
 */
export function offerContainerCredentials(
  world: World,
  at: AskingInterface,
  offered: OfferedCredentials,
): { relativeUri: string; withdraw: () => void } {
  const known = offers.get(world) ?? new Map<string, OfferedCredentials>()
  offers.set(world, known)
  const id = credentialsId(world)
  known.set(keyOf(at, id), offered)
  return { relativeUri: `${PATH}${id}`, withdraw: () => void known.delete(keyOf(at, id)) }
}

export const PATH = '/v2/credentials/'

/** A UUID, as the ECS agent's ids are. */
export function credentialsId(world: Pick<World, 'hex'>): string {
  return world.hex(32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/**
 * The container credentials endpoint (169.254.170.2): credentials that were offered at the interface that asks, and to nobody
 * else, whatever path or header they send. Codes and sentences are the ECS agent's.
 */
export async function answerContainerCredentials(
  world: World,
  asking: AskingInterface,
  request: LinkLocalRequest,
): Promise<LinkLocalAnswer> {
  const path = request.path.split('?')[0]!
  if (!path.startsWith(PATH))
    return { status: 404, headers: { 'content-type': 'text/plain' }, body: '404 page not found\n' }
  if (request.method !== 'GET') return refusal(405, 'MethodNotAllowed', 'Method Not Allowed')
  const id = path.slice(PATH.length)
  if (id === '') return refusal(400, 'NoIdInRequest', 'CredentialsV2Request: No Credential ID in the request')
  const offered = offers.get(world)?.get(keyOf(asking, id))
  if (!offered) return refusal(400, 'InvalidIdInRequest', 'CredentialsV2Request: Credentials not found')
  return credentialsAnswer(offered)
}

/** The document that every container credentials provider reads; 500 when the role cannot be assumed (any more). */
export async function credentialsAnswer(offered: OfferedCredentials): Promise<LinkLocalAnswer> {
  try {
    const { credentials, expiresAt } = await offered.session()
    const body = JSON.stringify({
      RoleArn: offered.roleArn,
      AccessKeyId: credentials.accessKeyId,
      SecretAccessKey: credentials.secretAccessKey,
      Token: credentials.sessionToken,
      Expiration: new Date(expiresAt).toISOString(),
    })
    return { status: 200, headers: { 'content-type': 'application/json' }, body }
  } catch {
    // Why is in the record of the call that was refused; who asks here need not know.
    return refusal(500, 'InternalServerError', 'Failed to get credentials')
  }
}

function refusal(status: number, code: string, message: string): LinkLocalAnswer {
  const body = JSON.stringify({ code, message, HTTPErrorCode: status })
  return { status, headers: { 'content-type': 'application/json' }, body }
}
