import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/** A password as it is kept: `scrypt$N$SALT$HASH`, the last two in base64url. Nobody gets it back. */
export type PasswordHash = string

/** Cost N = 2^15 with r = 8, p = 1: some 32 MB and a tenth of a second (RFC 7914). */
const COST = 2 ** 15

export async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = randomBytes(16)
  const hash = await derive(password, salt, COST)
  return ['scrypt', COST, salt.toString('base64url'), hash.toString('base64url')].join('$')
}

export async function isPassword(password: string, kept: PasswordHash): Promise<boolean> {
  const [, cost, salt = '', hash = ''] = kept.split('$')
  const derived = await derive(password, Buffer.from(salt, 'base64url'), Number(cost))
  return timingSafeEqual(derived, Buffer.from(hash, 'base64url'))
}

/** Away from the event loop's thread. */
function derive(password: string, salt: Buffer, cost: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize(), salt, 32, { N: cost, maxmem: 256 * cost * 8 }, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}
