import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { World } from '../../world.ts'
import { ACCESS_KEYS, type AccessKey, findEntity, iamArn, saveEntity, type User } from './entities.ts'
import { accessKeyId, secretAccessKey, uniqueId } from './ids.ts'
import { managedPolicy } from './managed-policies.ts'

export interface RootKey {
  rootAccessKeyId?: string
  rootSecretAccessKey?: string
}

/** What the first start of an account minted; the keys themselves are where all keys are. */
interface Bootstrapped {
  rootAccessKeyId: string
  adminAccessKeyId: string
}

const BOOTSTRAPS = 'iam/bootstrap'
const administratorAccess = 'arn:aws:iam::aws:policy/AdministratorAccess'

/**
 * Gives an account its first way in: a root access key, and the IAM user `admin` with AdministratorAccess and a key.
 * Minted once: what an administrator takes away later stays away. A root key that is given replaces the one before.
 * `credentials.json` in the data folder, readable by its owner alone, holds the keys that are there now:
 * `{ root: { accessKeyId, secretAccessKey }, admin: { … } }`. Throws when a given root key cannot be one.
 */
export function bootstrap(world: World, given: RootKey = {}): void {
  const { store, config } = world
  const rootKey = checkRootKey(given)
  store.transaction(() => {
    const before = store.get<Bootstrapped>(BOOTSTRAPS, config.account)
    const adminAccessKeyId = before?.adminAccessKeyId ?? mintAdmin(world)
    const rootAccessKeyId = rootKey || !before ? mintRoot(world, rootKey, before) : before.rootAccessKeyId
    store.put<Bootstrapped>(BOOTSTRAPS, config.account, { rootAccessKeyId, adminAccessKeyId })
  })
  writeCredentials(world)
}

function checkRootKey({
  rootAccessKeyId: id,
  rootSecretAccessKey: secret,
}: RootKey): Pick<AccessKey, 'id' | 'secret'> | undefined {
  if (id === undefined && secret === undefined) return undefined
  if (id === undefined || secret === undefined) {
    throw new Error('a root access key id and its secret must be given together')
  }
  // AWS's own form of an access key id; it also keeps `test` and the like out.
  if (!/^\w{16,128}$/.test(id))
    throw new Error(`\`${id}\` is no access key id: 16 to 128 letters, digits or underscores`)
  if (secret.length < 16) throw new Error('the root secret access key is shorter than 16 characters')
  return { id, secret }
}

function mintRoot(world: World, given: Pick<AccessKey, 'id' | 'secret'> | undefined, before?: Bootstrapped): string {
  const { id, secret } = given ?? { id: accessKeyId(world, 'AKIA'), secret: secretAccessKey(world) }
  const known = world.store.get<AccessKey>(ACCESS_KEYS, id)
  if (known?.userName !== undefined) throw new Error(`\`${id}\` is an access key of the user \`${known.userName}\``)
  if (known?.secret === secret) return id
  if (before) world.store.delete(ACCESS_KEYS, before.rootAccessKeyId)
  saveKey(world, { id, secret })
  return id
}

function mintAdmin(world: World): string {
  const { account } = world.config
  if (!managedPolicy(administratorAccess))
    throw new Error(`\`${administratorAccess}\` is not among the managed policies`)
  const id = accessKeyId(world, 'AKIA')
  const admin: User = {
    type: 'user',
    account,
    name: 'admin',
    path: '/',
    id: uniqueId(world, 'AIDA'),
    arn: iamArn(account, 'user', '/', 'admin'),
    createDate: seconds(world),
    tags: [],
    inline: [],
    attached: [administratorAccess],
    accessKeys: [id],
    groups: [],
  }
  saveEntity(world.store, admin)
  saveKey(world, { id, secret: secretAccessKey(world), userName: admin.name, userId: admin.id })
  return id
}

function saveKey(world: World, key: Pick<AccessKey, 'id' | 'secret' | 'userName' | 'userId'>): void {
  const { account } = world.config
  world.store.put<AccessKey>(ACCESS_KEYS, key.id, { ...key, account, status: 'Active', createDate: seconds(world) })
}

function writeCredentials({ store, config }: World): void {
  const kept = store.get<Bootstrapped>(BOOTSTRAPS, config.account)
  const of = (id: string | undefined) => {
    const key = id === undefined ? undefined : store.get<AccessKey>(ACCESS_KEYS, id)
    return key && { accessKeyId: key.id, secretAccessKey: key.secret }
  }
  const admin = findEntity(store, 'user', config.account, 'admin') && of(kept?.adminAccessKeyId)
  const content = { root: of(kept?.rootAccessKeyId), admin }
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
  const file = join(config.dataDir, 'credentials.json')
  const aside = `${file}.${process.pid}`
  writeFileSync(aside, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 })
  renameSync(aside, file)
}

function seconds(world: World): number {
  return Math.floor(world.now() / 1000)
}
