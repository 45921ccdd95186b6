/** How an object's bytes are encrypted; kept with the object and with an upload under way. Absent: SSE-S3. */
export type Encryption = KmsEncryption | CustomerEncryption

/** SSE-KMS and DSSE-KMS: the data key comes from KMS, and only what KMS made of it is kept. */
export interface KmsEncryption {
  type: 'aws:kms' | 'aws:kms:dsse'
  keyArn: string
  /** CiphertextBlob of the data key, base64. */
  dataKey: string
  /** Encryption context that the data key is bound to. */
  context: Record<string, string>
  /** The part of the context that the writer gave. */
  given?: Record<string, string>
  bucketKey?: true
}

/** SSE-C: nothing of the key is kept but a salted HMAC, to know it by (S3 User Guide, "Using SSE-C"). */
export interface CustomerEncryption {
  type: 'SSE-C'
  /** As the client gave it: base64 of the key's MD5. */
  keyMD5: string
  /** Hex. */
  salt: string
  verifier: string
}

export interface EncryptionAnswer {
  ServerSideEncryption?: 'AES256' | 'aws:kms' | 'aws:kms:dsse'
  SSEKMSKeyId?: string
  BucketKeyEnabled?: boolean
  SSECustomerAlgorithm?: string
  SSECustomerKeyMD5?: string
}

/** What every answer about an object, an upload or a part says of it. */
export function encryptionAnswer(encryption: Encryption | undefined): EncryptionAnswer {
  if (!encryption) return { ServerSideEncryption: 'AES256' }
  if (encryption.type === 'SSE-C') return { SSECustomerAlgorithm: 'AES256', SSECustomerKeyMD5: encryption.keyMD5 }
  return {
    ServerSideEncryption: encryption.type,
    SSEKMSKeyId: encryption.keyArn,
    ...(encryption.bucketKey ? { BucketKeyEnabled: true } : {}),
  }
}

/** The same with the context that the writer gave, as answers to PutObject, CopyObject and CreateMultipartUpload have it. */
export function writtenAnswer(
  encryption: Encryption | undefined,
): EncryptionAnswer & { SSEKMSEncryptionContext?: string } {
  const given = encryption && encryption.type !== 'SSE-C' && encryption.given
  return {
    ...encryptionAnswer(encryption),
    ...(given ? { SSEKMSEncryptionContext: Buffer.from(JSON.stringify(given)).toString('base64') } : {}),
  }
}
