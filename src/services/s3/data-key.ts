import { randomBytes } from 'node:crypto'
import type { Call, Permit } from '../../door/call.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { bucketArn, type Bucket } from './bucket.ts'
import { askedOnce } from './bucket-keys.ts'
import { customerEncryption, keyFor, type CustomerKeyInput } from './customer-key.ts'
import type { Encryption, KmsEncryption } from './encryption.ts'
import { requireSignatureV4, type Wanted } from './encryption-request.ts'
import { isInner } from './needs.ts'

/** How a write's bytes will be encrypted, and with which key; without one the store makes its own (SSE-S3). */
export interface Sealing {
  encryption?: Encryption
  key?: Buffer
}

interface DataKey {
  KeyId: string
  Plaintext: Uint8Array
  CiphertextBlob: Uint8Array
}

/**
 * Output that SageMaker writes for a job under the key of its OutputDataConfig: AWS's role page and API reference ask for
 * `kms:Encrypt` of the execution role there, where a PutObject of anyone else's asks for `kms:GenerateDataKey`.
 */
function isJobOutput(call: Call): boolean {
  return isInner(call) && call.onBehalfOf?.startsWith('arn:aws:sagemaker:') === true
}

/** A data key for a new object, from KMS in the caller's name where a KMS key is to protect it. */
export async function newKey(wanted: Wanted, bucket: Bucket, key: string, permit: Permit): Promise<Sealing> {
  if (wanted.type === 'AES256') return {}
  if (wanted.type === 'SSE-C') return { encryption: customerEncryption(permit.world, wanted), key: wanted.key }
  const { type, keyId = 'alias/aws/s3', bucketKey, given, asked } = wanted
  // With a bucket key the context is the bucket's, and that of the request is not used (S3 User Guide, "Bucket Keys").
  const arn = bucketKey ? bucketArn(bucket.name) : `${bucketArn(bucket.name)}/${key}`
  const context = bucketKey ? { 'aws:s3:arn': arn } : { ...given, 'aws:s3:arn': given?.['aws:s3:arn'] ?? arn }
  const generate = async (): Promise<DataKey> => {
    const KeyId = keyId
    if (!asked || !isJobOutput(permit.call))
      return askKms(permit, bucket, 'GenerateDataKey', { KeyId, KeySpec: 'AES_256', EncryptionContext: context })
    const Plaintext = randomBytes(32)
    const wrapped = await askKms<DataKey>(permit, bucket, 'Encrypt', { KeyId, Plaintext, EncryptionContext: context })
    return { ...wrapped, Plaintext }
  }
  const { KeyId, Plaintext, CiphertextBlob } = bucketKey
    ? await askedOnce({ call: permit.call, bucket, question: `generate ${keyId}` }, generate)
    : await generate()
  return {
    key: Buffer.from(Plaintext),
    encryption: {
      type,
      keyArn: KeyId,
      dataKey: Buffer.from(CiphertextBlob).toString('base64'),
      context,
      ...(given ? { given } : {}),
      ...(bucketKey ? { bucketKey: true } : {}),
    },
  }
}

/** The data key of what is there, for this caller: KMS decides in its name, or it brings the key itself. */
export async function openKey(
  encryption: Encryption | undefined,
  bucket: Bucket,
  input: CustomerKeyInput,
  permit: Permit,
  what: 'key' | 'upload' | 'source' = 'key',
): Promise<Buffer | undefined> {
  const brought = keyFor(encryption, input, permit.call, what)
  if (!encryption || encryption.type === 'SSE-C') return brought
  requireSignatureV4(permit.call)
  const decrypt = () => decryptKey(encryption, bucket, permit)
  return encryption.bucketKey
    ? askedOnce({ call: permit.call, bucket, question: `open ${encryption.dataKey}` }, decrypt)
    : decrypt()
}

async function decryptKey(encryption: KmsEncryption, bucket: Bucket, permit: Permit): Promise<Buffer> {
  const { Plaintext } = await askKms<{ Plaintext: Uint8Array }>(permit, bucket, 'Decrypt', {
    KeyId: encryption.keyArn,
    CiphertextBlob: Buffer.from(encryption.dataKey, 'base64'),
    EncryptionContext: encryption.context,
  })
  return Buffer.from(Plaintext)
}

/** Forward access: S3 asks in the caller's own name, from its own network, in the bucket's Region (kms:ViaService). */
async function askKms<O>({ call, world }: Permit, bucket: Bucket, operation: string, input: object): Promise<O> {
  try {
    return await world.door.call<O>({
      service: 'kms',
      operation,
      input: input as Record<string, unknown>,
      as: { caller: call.caller, via: 's3.amazonaws.com' },
      origin: { kind: 'service-network', service: 's3' },
      region: bucket.region,
      onBehalfOf: call.requestId,
    })
  } catch (error) {
    throw error instanceof AwsError ? refusal(error) : error
  }
}

/** KMS's refusals in S3's form (facts errors.md A7): its sentence stays, its code gets a prefix. */
function refusal(error: AwsError): AwsError {
  const denied = error.code === 'AccessDeniedException'
  const code = denied ? 'AccessDenied' : `KMS.${error.code}`
  const told = new AwsError(error.status >= 500 ? error.code : code, error.message, denied ? 403 : error.status)
  if (error.requestId) told.causedBy = error.requestId
  return told
}
