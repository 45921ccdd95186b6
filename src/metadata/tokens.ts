import { createHmac, timingSafeEqual } from 'node:crypto'
import type { World } from '../world.ts'

/** Tokens of a server that has ended are worth nothing; clients ask for another when they hear 401. */
const secrets = new WeakMap<World, Buffer>()

function secretOf(world: World): Buffer {
  let secret = secrets.get(world)
  if (!secret) secrets.set(world, (secret = Buffer.from(world.hex(64), 'hex')))
  return secret
}

/** A session token of instance metadata: the time of its end and a seal over it for this instance. 56 characters, as AWS's. */
export function makeToken(world: World, instanceId: string, seconds: number): string {
  const end = Buffer.alloc(8)
  end.writeBigUInt64BE(BigInt(world.now() + seconds * 1000))
  return Buffer.concat([end, seal(world, instanceId, end)]).toString('base64')
}

/** Seconds for which a token is still good; undefined for one that is none, another instance's, or over. */
export function tokenLeft(world: World, instanceId: string, token: string): number | undefined {
  const bytes = Buffer.from(token, 'base64')
  if (bytes.length !== 40 || bytes.toString('base64') !== token) return undefined
  const end = bytes.subarray(0, 8)
  if (!timingSafeEqual(seal(world, instanceId, end), bytes.subarray(8))) return undefined
  const left = Number(end.readBigUInt64BE()) - world.now()
  return left > 0 ? Math.ceil(left / 1000) : undefined
}

function seal(world: World, instanceId: string, end: Buffer): Buffer {
  return createHmac('sha256', secretOf(world)).update(instanceId).update(end).digest()
}
