import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { AwsError } from '../../wire/aws-error.ts'
import type { World } from '../../world.ts'
import { eventBytes, type Chunk } from './chunk.ts'
import { groupArn, groupKey, type GroupId } from './log-group.ts'

/**
 * Events of a group that a KMS key protects lie under data keys of that key (CloudWatch Logs User Guide, "Encrypt log data
 * … using AWS KMS"): made and opened by KMS for `logs.REGION.amazonaws.com`, with the group's ARN as encryption context.
 */
interface DataKey {
  id: string
  kmsKeyId: string
  /** Base64, as KMS gave it. */
  ciphertext: string
}

/** Plain data keys by their id, or what KMS answered instead. */
export type DataKeys = ReadonlyMap<string, Buffer | AwsError>

export const noKeys: DataKeys = new Map()

/** How long a plain key is used without asking KMS again; a key that was taken away closes the group after that. */
const KEPT_MS = 300_000

interface Kept {
  plain: Buffer
  until: number
}

const kept = new WeakMap<World, Map<string, Kept>>()

function keptIn(world: World): Map<string, Kept> {
  let all = kept.get(world)
  if (!all) kept.set(world, (all = new Map()))
  return all
}

/** One call to KMS, as CloudWatch Logs makes it for a group. */
export function askKms<O>(world: World, group: GroupId, operation: string, input: object): Promise<O> {
  return world.door.call<O>({
    service: 'kms',
    operation,
    input: { ...input, EncryptionContext: { 'aws:logs:arn': groupArn(group) } },
    as: {
      service: `logs.${group.region}.amazonaws.com`,
      sourceArn: groupArn(group),
      sourceAccount: group.account,
    },
    origin: { kind: 'service-network', service: 'logs' },
    region: group.region,
  })
}

/** The data key to write with, new where there is none of this KMS key. */
export async function writingKey(
  world: World,
  group: GroupId,
  kmsKeyId: string,
): Promise<{ id: string; plain: Buffer }> {
  const prefix = `${groupKey(group)}/`
  const row = world.store.list<DataKey>('logs/data-key', { prefix }).find(({ value }) => value.kmsKeyId === kmsKeyId)
  if (row) {
    const plain = await opened(world, group, row)
    if (plain instanceof AwsError) throw plain
    return { id: row.value.id, plain }
  }
  const made = await askKms<{ CiphertextBlob: Uint8Array; Plaintext: Uint8Array }>(world, group, 'GenerateDataKey', {
    KeyId: kmsKeyId,
    KeySpec: 'AES_256',
  })
  const key: DataKey = { id: world.hex(16), kmsKeyId, ciphertext: Buffer.from(made.CiphertextBlob).toString('base64') }
  world.store.put('logs/data-key', prefix + key.id, key)
  const plain = Buffer.from(made.Plaintext)
  keptIn(world).set(prefix + key.id, { plain, until: world.now() + KEPT_MS })
  return { id: key.id, plain }
}

/** What opens the events of a group; at once where nothing of it is sealed. */
export function keysOfGroup(world: World, group: GroupId): DataKeys | Promise<DataKeys> {
  const rows = world.store.list<DataKey>('logs/data-key', { prefix: `${groupKey(group)}/` })
  if (rows.length === 0) return noKeys
  return Promise.all(rows.map(async (row) => [row.value.id, await opened(world, group, row)] as const)).then(
    (entries) => new Map(entries),
  )
}

/** Goes on with what opens the events of a group: at once, or when KMS has answered. */
export function withKeys<T>(world: World, group: GroupId, use: (keys: DataKeys) => T): T | Promise<T> {
  const keys = keysOfGroup(world, group)
  return keys instanceof Promise ? keys.then(use) : use(keys)
}

async function opened(
  world: World,
  group: GroupId,
  { key, value }: { key: string; value: DataKey },
): Promise<Buffer | AwsError> {
  const known = keptIn(world).get(key)
  if (known && known.until > world.now()) return known.plain
  try {
    const { Plaintext } = await askKms<{ Plaintext: Uint8Array }>(world, group, 'Decrypt', {
      CiphertextBlob: Buffer.from(value.ciphertext, 'base64'),
    })
    const plain = Buffer.from(Plaintext)
    keptIn(world).set(key, { plain, until: world.now() + KEPT_MS })
    return plain
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    // inferred: what AWS answers of a group whose key it may not use any more.
    const refusal = new AwsError(
      'AccessDeniedException',
      `The KMS key of the log group cannot be used: ${error.message}`,
    )
    if (error.requestId !== undefined) refusal.causedBy = error.requestId
    return refusal
  }
}

/** A chunk as it is stored under a data key. */
export function sealChunk(chunk: Chunk, { id, plain }: { id: string; plain: Buffer }): Chunk {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', plain, iv).setAAD(aboutChunk(chunk))
  const text = Buffer.concat([iv, cipher.update(JSON.stringify(chunk.messages)), cipher.final(), cipher.getAuthTag()])
  const bytes = chunk.messages.reduce((sum, message) => sum + eventBytes(message), 0)
  return { ...chunk, messages: [], sealed: { dataKey: id, text: text.toString('base64'), bytes } }
}

/** The messages of a chunk. */
export function openMessages(chunk: Chunk, keys: DataKeys): readonly string[] {
  if (!chunk.sealed) return chunk.messages
  const key = keys.get(chunk.sealed.dataKey)
  if (key instanceof AwsError) throw key
  if (!key) throw new Error(`no data key ${chunk.sealed.dataKey}`)
  const bytes = Buffer.from(chunk.sealed.text, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 })
  decipher.setAAD(aboutChunk(chunk)).setAuthTag(bytes.subarray(-16))
  const text = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()])
  return JSON.parse(text.toString()) as string[]
}

const aboutChunk = ({ number, times, ingestionTime }: Chunk) =>
  Buffer.from(`${number}/${ingestionTime}/${times.join()}`)

/** Whether a group can be protected by a key: CloudWatch Logs tries it. */
export async function checkKey(world: World, group: GroupId, kmsKeyId: string): Promise<void> {
  try {
    await askKms(world, group, 'GenerateDataKey', { KeyId: kmsKeyId, KeySpec: 'AES_256' })
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    const refusal = new AwsError(
      'InvalidParameterException',
      `The specified KMS key does not exist or is not allowed to be used with LogGroup '${groupArn(group)}'`,
    )
    if (error.requestId !== undefined) refusal.causedBy = error.requestId
    throw refusal
  }
}
