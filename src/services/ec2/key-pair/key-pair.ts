import { createHash, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type {
  CreateKeyPairRequest,
  DeleteKeyPairRequest,
  DeleteKeyPairResult,
  DescribeKeyPairsRequest,
  DescribeKeyPairsResult,
  ImportKeyPairRequest,
  ImportKeyPairResult,
  KeyPair,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../../../wire/aws-error.ts'
import { describe, type FilterTable } from '../describe.ts'
import type { KeyPairDocument } from '../documents.ts'
import { ec2Operation } from '../ec2-operation.ts'
import { missingParameter } from '../errors.ts'
import type { Estate } from '../estate.ts'
import { describing, making, on } from '../needs.ts'
import { keyPairs } from '../nouns.ts'
import { within } from '../quotas.ts'
import { givenTags } from '../tags.ts'
import { without } from '../without.ts'
import { openSshLine, parseSshKey, privateText } from './ssh-format.ts'

/** Nobody logs in here: pairs are records, whose public part instance metadata serves. The private key is told once and not kept. */
export const createKeyPair = ec2Operation<CreateKeyPairRequest, KeyPair>('CreateKeyPair', {
  needs: (input, estate) =>
    making(estate, 'CreateKeyPair', keyPairs, input.TagSpecifications, { 'ec2:KeyPairType': input.KeyType ?? 'rsa' }),
  perform(input, estate) {
    checkName(estate, input.KeyName)
    if (input.KeyFormat === 'ppk') throw new AwsError('NotImplemented', 'KeyFormat ppk is not built.', 501)
    const KeyType = input.KeyType ?? 'rsa'
    const { publicKey, privateKey } =
      KeyType === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pair = save(estate, {
      KeyName: input.KeyName,
      KeyType,
      KeyFingerprint: KeyType === 'ed25519' ? sha256(publicKey) : colons('sha1', pkcs8(privateKey)),
      PublicKey: openSshLine(publicKey, input.KeyName),
      Tags: givenTags(keyPairs, input.TagSpecifications),
    })
    return { ...view(pair), KeyMaterial: privateText(privateKey) }
  },
})

export const importKeyPair = ec2Operation<ImportKeyPairRequest, ImportKeyPairResult>('ImportKeyPair', {
  needs: (input, estate) => making(estate, 'ImportKeyPair', keyPairs, input.TagSpecifications),
  perform(input, estate) {
    checkName(estate, input.KeyName)
    const material = Buffer.from(input.PublicKeyMaterial ?? [])
      .toString('utf8')
      .trim()
    const key = parseSshKey(material)
    if (!key) throw new AwsError('InvalidKey.Format', 'Key is not in valid OpenSSH public key format')
    const isRsa = key.asymmetricKeyType === 'rsa'
    const pair = save(estate, {
      KeyName: input.KeyName,
      KeyType: isRsa ? 'rsa' : 'ed25519',
      KeyFingerprint: isRsa ? colons('md5', spki(key)) : sha256(key),
      PublicKey: openSshLine(key, input.KeyName),
      Tags: givenTags(keyPairs, input.TagSpecifications),
    })
    return view(pair)
  },
})

/** By name or id; one that is not there is no error (EC2 API reference, DeleteKeyPair). */
export const deleteKeyPair = ec2Operation<DeleteKeyPairRequest, DeleteKeyPairResult>('DeleteKeyPair', {
  needs: (input, estate) => {
    const pair = findKeyPair(estate, input)
    return [on(estate, 'DeleteKeyPair', keyPairs, pair?.KeyPairId ?? input.KeyPairId)]
  },
  perform(input, estate) {
    if (!input.KeyName && !input.KeyPairId) throw missingParameter('KeyName')
    const pair = findKeyPair(estate, input)
    if (!pair) return { Return: true }
    estate.remove(keyPairs, pair.KeyPairId)
    return { Return: true, KeyPairId: pair.KeyPairId }
  },
})

const filters: FilterTable<KeyPairDocument> = {
  fingerprint: (pair) => pair.KeyFingerprint,
  'key-name': (pair) => pair.KeyName,
  'key-pair-id': (pair) => pair.KeyPairId,
}

export const describeKeyPairs = ec2Operation<DescribeKeyPairsRequest, DescribeKeyPairsResult>('DescribeKeyPairs', {
  needs: (_, estate) => describing(estate, 'DescribeKeyPairs'),
  perform(input, estate) {
    const byName = input.KeyNames?.map((KeyName) => requireKeyPair(estate, KeyName).KeyPairId)
    const { things } = describe(estate, keyPairs, filters, {
      ids: [...(input.KeyPairIds ?? []), ...(byName ?? [])],
      filters: input.Filters,
    })
    return { KeyPairs: things.map((pair) => (input.IncludePublicKey ? pair : without(pair, 'PublicKey'))) }
  },
})

export function findKeyPair(
  estate: Estate,
  name: { KeyName?: string | undefined; KeyPairId?: string | undefined },
): KeyPairDocument | undefined {
  if (name.KeyPairId) return estate.find(keyPairs, name.KeyPairId)
  return estate.list(keyPairs).find((pair) => pair.KeyName === name.KeyName)
}

export function requireKeyPair(estate: Estate, KeyName: string): KeyPairDocument {
  const pair = findKeyPair(estate, { KeyName })
  if (!pair) throw new AwsError('InvalidKeyPair.NotFound', `The key pair '${KeyName}' does not exist`)
  return pair
}

function checkName(estate: Estate, KeyName: string | undefined): void {
  if (!KeyName) throw missingParameter('KeyName')
  if (findKeyPair(estate, { KeyName })) {
    throw new AwsError('InvalidKeyPair.Duplicate', `The keypair already exists`)
  }
  within('keyPairs', estate.list(keyPairs).length + 1)
}

const save = (estate: Estate, pair: Omit<KeyPairDocument, 'KeyPairId' | 'CreateTime'>): KeyPairDocument =>
  estate.save(keyPairs, { KeyPairId: estate.mint(keyPairs.prefix), CreateTime: estate.now, ...pair })

const view = ({ KeyPairId, KeyName, KeyFingerprint, Tags }: KeyPairDocument) => ({
  KeyPairId,
  KeyName,
  KeyFingerprint: KeyFingerprint!,
  Tags: Tags!,
})

const pkcs8 = (key: KeyObject): Buffer => key.export({ type: 'pkcs8', format: 'der' })
const spki = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' })

/** Fingerprints differ by who made the key and of what kind it is (EC2 User Guide, "Verify the fingerprint of your key pair"). */
const colons = (algorithm: 'sha1' | 'md5', bytes: Buffer): string =>
  createHash(algorithm).update(bytes).digest('hex').match(/../g)!.join(':')

const sha256 = (key: KeyObject): string => {
  const [, blob = ''] = openSshLine(key.type === 'public' ? key : createPublicKey(key), '').split(' ')
  return createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64')
}
