import type {
  CompletedPart,
  CompleteMultipartUploadCommandInput,
  CompleteMultipartUploadCommandOutput,
} from '@aws-sdk/client-s3'
import { createHash } from 'node:crypto'
import { checksum, type ChecksumAlgorithm } from '../../door/checksum.ts'
import { AwsError } from '../../wire/aws-error.ts'
import type { Shape } from '../../wire/shape.ts'
import type { World } from '../../world.ts'
import { operation } from '../operation.ts'
import { openBucket, type Bucket as StoredBucket } from './bucket.ts'
import { badDigest, checksumAnswer, compositeChecksum, givenChecksum, type StoredChecksum } from './checksums.ts'
import { assertPreconditions } from './conditions.ts'
import { putPieces, readContent, type Content } from './content.ts'
import { combinedCrc } from './crc-combine.ts'
import { openKey } from './data-key.ts'
import { encryptionAnswer } from './encryption.ts'
import { invalidRequest, malformedXml } from './errors.ts'
import { expirationAnswer } from './lifecycle.ts'
import { onObject } from './needs.ts'
import { commitObject, findObject, nowSeconds, quoted, versionAnswer, type StoredObject } from './object.ts'
import { checkPartNumber, dropUpload, findUpload, openUpload, partsOf, type Part, type Upload } from './upload.ts'

const MIN_PART_BYTES = 5 * 1024 ** 2

type Input = Shape<CompleteMultipartUploadCommandInput>

export const completeMultipartUpload = operation<
  CompleteMultipartUploadCommandInput,
  CompleteMultipartUploadCommandOutput
>('s3', 'CompleteMultipartUpload', {
  needs: ({ Bucket, Key, IfMatch, IfNoneMatch }, call) => [
    onObject(call, 's3:PutObject', Bucket, Key, { 's3:if-match': IfMatch, 's3:if-none-match': IfNoneMatch }),
    ...(IfMatch === undefined ? [] : [onObject(call, 's3:GetObject', Bucket, Key)]),
  ],
  perform: async (input, permit) => {
    const { world } = permit
    const { Bucket, Key, UploadId } = input
    const bucket = openBucket(Bucket, input.ExpectedBucketOwner, permit)
    const done = findObject(world.store, Bucket, Key)
    // A client that did not hear the answer asks again, and gets it again.
    if (done?.uploadId === UploadId && !findUpload(world.store, Bucket, Key, UploadId))
      return answer(input, done, bucket)

    const upload = openUpload(world.store, Bucket, Key, UploadId)
    const choose = () => chosenParts(upload, input.MultipartUpload?.Parts ?? [], partsOf(world.store, UploadId))
    const parts = choose()
    checkSizes(parts, input.MpuObjectSize)
    assertPreconditions(input, done, Key)

    // Whoever completes an upload must be allowed to read what it is made of (S3 API Reference, CompleteMultipartUpload, "Permissions").
    const { encryption } = upload
    const open = () => openKey(encryption, bucket, input, permit, 'upload')
    if (encryption?.type !== 'SSE-C' || input.SSECustomerKey !== undefined) await open()
    const sum = compositeOf(upload, parts, input) ?? (await wholeOf(world, upload, parts, input, open))
    // No byte is moved: the object is the list of its parts.
    const content: Content = {
      id: world.hex(32),
      size: parts.reduce((sum, { bytes }) => sum + bytes.size, 0),
      md5: '',
      sha256: '',
      pieces: parts.length,
    }
    const pieces = parts.map(({ number, bytes, checksum: own }) => ({
      number,
      bytes,
      ...(own ? { checksum: own } : {}),
    }))
    const object: StoredObject = {
      bytes: content,
      etag: etagOf(parts),
      lastModified: nowSeconds(permit),
      headers: upload.headers,
      metadata: upload.metadata,
      ...upload.access,
      ...(upload.tags ? { tags: upload.tags } : {}),
      ...(upload.storageClass ? { storageClass: upload.storageClass } : {}),
      ...(upload.retention ? { retention: upload.retention } : {}),
      ...(upload.legalHold ? { legalHold: upload.legalHold } : {}),
      ...(sum ? { checksum: sum } : {}),
      ...(encryption ? { encryption } : {}),
      parts: parts.map((part) => part.bytes.size),
      uploadId: UploadId,
    }
    const kept = await commitObject(world, Bucket, Key, object, input, () => {
      openUpload(world.store, Bucket, Key, UploadId)
      // A part that was uploaded again meanwhile is another one.
      const now = choose()
      const changed = now.findIndex(({ bytes }, index) => bytes.id !== parts[index]!.bytes.id)
      if (changed >= 0) throw invalidPart(upload, input.MultipartUpload!.Parts![changed]!)
      putPieces(world.store, content.id, pieces)
      dropUpload(world, upload, parts)
    })
    return answer(input, kept, bucket)
  },
})

function answer({ Bucket, Key }: Input, object: StoredObject, bucket: StoredBucket) {
  const { etag, checksum, encryption } = object
  return {
    Location: `https://${Bucket}.s3.amazonaws.com/${encodeURIComponent(Key)}`,
    Bucket,
    Key,
    ETag: quoted(etag),
    ...versionAnswer(bucket, object),
    ...expirationAnswer(bucket, Key, object),
    ...encryptionAnswer(encryption),
    ...checksumAnswer(checksum),
  }
}

/** The uploaded parts that the client names, in its order. Throws S3's MalformedXML, InvalidPartOrder, InvalidPart, InvalidRequest. */
function chosenParts(upload: Upload, named: Shape<CompletedPart>[], uploaded: readonly Part[]): Part[] {
  if (named.length === 0) throw malformedXml()
  const byNumber = new Map(uploaded.map((part) => [part.number, part]))
  let before = 0
  return named.map((name) => {
    const number = name.PartNumber ?? 0
    checkPartNumber(number)
    if (number <= before) {
      throw new AwsError(
        'InvalidPartOrder',
        'The list of parts was not in ascending order. Parts must be ordered by part number.',
        400,
        { UploadId: upload.id },
      )
    }
    before = number
    const part = byNumber.get(number)
    if (!part || (name.ETag ?? '').replaceAll('"', '') !== part.etag) throw invalidPart(upload, name)
    checkPartChecksum(upload, name, part)
    return part
  })
}

function checkPartChecksum(upload: Upload, name: Shape<CompletedPart>, part: Part): void {
  const given = givenChecksum(name)
  if (given && part.checksum?.algorithm === given.algorithm && part.checksum.value !== given.value) {
    throw invalidPart(upload, name)
  }
  if (!given && upload.checksum?.type === 'COMPOSITE') {
    throw invalidRequest(
      `The upload was created using a ${upload.checksum.algorithm.toLowerCase()} checksum. The complete request must ` +
        `include the checksum for each part. It was missing for part ${name.PartNumber} in the request.`,
    )
  }
}

function invalidPart(upload: Upload, { PartNumber, ETag }: Shape<CompletedPart>): AwsError {
  return new AwsError(
    'InvalidPart',
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    400,
    { UploadId: upload.id, PartNumber: String(PartNumber), ETag: ETag ?? '' },
  )
}

function checkSizes(parts: readonly Part[], announced: number | undefined): void {
  const small = parts.slice(0, -1).find(({ bytes }) => bytes.size < MIN_PART_BYTES)
  if (small) {
    throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', 400, {
      ETag: small.etag,
      PartNumber: String(small.number),
      ProposedSize: String(small.bytes.size),
      MinSizeAllowed: String(MIN_PART_BYTES),
    })
  }
  const size = parts.reduce((sum, { bytes }) => sum + bytes.size, 0)
  if (announced !== undefined && announced !== size) {
    throw invalidRequest(
      `The provided 'x-amz-mp-object-size' header value ${announced} does not match what was computed: ${size}`,
    )
  }
}

/** MD5 of the parts' ETags, and how many they are. */
function etagOf(parts: readonly Part[]): string {
  const md5 = createHash('md5')
  for (const { etag } of parts) md5.update(Buffer.from(etag, 'hex'))
  return `${md5.digest('hex')}-${parts.length}`
}

/** The checksum over all bytes: from those of the parts, or, where they have none and the client declares one now, by reading. */
async function wholeOf(
  world: World,
  upload: Upload,
  parts: readonly Part[],
  input: Input,
  open: () => Promise<Buffer | undefined>,
): Promise<StoredChecksum | undefined> {
  const given = givenChecksum(input)
  const algorithm = upload.checksum?.algorithm ?? given?.algorithm
  if (!algorithm) return undefined
  if (given && given.algorithm !== algorithm) {
    throw invalidRequest(
      `The upload was created using the ${algorithm} checksum algorithm, and the request has a ${given.algorithm} checksum.`,
    )
  }
  const value = combined(algorithm, parts) ?? (await readSum(world, algorithm, parts, await open()))
  if (given && given.value !== value) throw badDigest(algorithm)
  return { algorithm, value, type: 'FULL_OBJECT' }
}

function combined(algorithm: ChecksumAlgorithm, parts: readonly Part[]): string | undefined {
  const sums = parts.map(({ bytes, checksum }) =>
    checksum?.algorithm === algorithm ? { value: checksum.value, size: bytes.size } : undefined,
  )
  return sums.every((sum) => sum !== undefined) ? combinedCrc(algorithm, sums) : undefined
}

async function readSum(
  world: World,
  algorithm: ChecksumAlgorithm,
  parts: readonly Part[],
  key: Buffer | undefined,
): Promise<string> {
  const state = checksum(algorithm)
  for (const { bytes } of parts)
    for await (const piece of readContent(world, bytes, undefined, key)) state.update(piece)
  return state.digest()
}

/** The checksum of the parts' checksums; what the client says it is must be so, with or without `-N`. */
function compositeOf({ checksum }: Upload, parts: readonly Part[], input: Input): StoredChecksum | undefined {
  if (checksum?.type !== 'COMPOSITE') return undefined
  const { algorithm } = checksum
  const value = compositeChecksum(
    algorithm,
    parts.map((part) => part.checksum!.value),
  )
  const given = givenChecksum(input)?.value
  if (given !== undefined && given !== value && given !== value.split('-')[0]) throw badDigest(algorithm)
  return { algorithm, value, type: 'COMPOSITE' }
}
