import { lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Owner } from '../layers.ts'
import type { PreparedImage } from '../runner.ts'

/** Whom an image's programs run as (OCI image configuration, `User`): by number, or by name in its /etc/passwd and /etc/group. Undefined: root. */
export function imageUser({ config: { User = '' }, directory }: PreparedImage): Owner | undefined {
  const [user = '', group] = User.split(':')
  if (user === '') return undefined
  const known = entries(directory, 'etc/passwd').find(([name, , id]) => name === user || id === user)
  const uid = number(user) ?? number(known?.[2])
  if (uid === undefined) return undefined // the engine refuses it, and says so
  const named = entries(directory, 'etc/group').find(([name]) => name === group)
  return { uid, gid: number(group) ?? number(named?.[2]) ?? number(known?.[3]) ?? 0 }
}

const number = (text = '') => (/^\d+$/.test(text) ? Number(text) : undefined)

/** No link is followed: it might lead out of the image. */
function entries(directory: string, path: string): string[][] {
  const file = join(directory, path)
  if (!lstatSync(file, { throwIfNoEntry: false })?.isFile()) return []
  return readFileSync(file, 'latin1')
    .split('\n')
    .map((line) => line.split(':'))
}
