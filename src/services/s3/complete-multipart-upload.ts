import type {
  CompletedPart,
  CompleteMultipartUploadCommandInput,
  CompleteMultipartUploadCommandOutput,
} from '@aws-sdk/client-s3'
import { createHash } from 'node:crypto'
import { AwsError } from '../../wire/aws-error.ts'
import type { Shape } from '../../wire/shape.ts'
import type { World } from '../../world.ts'
import { operation } from '../operation.ts'
import { openBucket } from './bucket.ts'
import {
  badDigest,
  checksumAnswer,
  compositeChecksum,
  fullObject,
  givenChecksum,
  summed,
  type StoredChecksum,
} from './checksums.ts'
import { assertPreconditions } from './conditions.ts'
import { invalidRequest, malformedXml } from './errors.ts'
import { onObject } from './needs.ts'
import { commitObject, findObject, nowSeconds, quoted, type StoredObject } from './object.ts'
import { encrypted } from './unsupported.ts'
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
    openBucket(Bucket, input.ExpectedBucketOwner, permit)
    const done = findObject(world.store, Bucket, Key)
    // A client that did not hear the answer asks again, and gets it again.
    if (done?.uploadId === UploadId && !findUpload(world.store, Bucket, Key, UploadId)) return answer(input, done)

    const upload = openUpload(world.store, Bucket, Key, UploadId)
    const parts = chosenParts(upload, input.MultipartUpload?.Parts ?? [], partsOf(world.store, UploadId))
    checkSizes(parts, input.MpuObjectSize)
    assertPreconditions(input, done, Key)

    const whole = summed(wholeAlgorithm(upload, input), joined(world, parts), wholeValue(upload, input))
    const bytes = await world.objects.write(whole.source)
    const object: StoredObject = {
      bytes,
      etag: etagOf(parts),
      lastModified: nowSeconds(permit),
      headers: upload.headers,
      metadata: upload.metadata,
      ...(upload.tags ? { tags: upload.tags } : {}),
      ...withChecksum(compositeOf(upload, parts, input) ?? fullObject(whole.checksum())),
      parts: parts.map((part) => part.bytes.size),
      uploadId: UploadId,
    }
    await commitObject(world, Bucket, Key, object, input, () => {
      openUpload(world.store, Bucket, Key, UploadId)
      dropUpload(world, upload)
    })
    return answer(input, object)
  },
})

function answer({ Bucket, Key }: Input, { etag, checksum }: StoredObject) {
  return {
    Location: `https://${Bucket}.s3.amazonaws.com/${encodeURIComponent(Key)}`,
    Bucket,
    Key,
    ETag: quoted(etag),
    ...encrypted,
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
    if (!part || (name.ETag ?? '').replaceAll('"', '') !== part.bytes.md5) throw invalidPart(upload, name)
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
      ETag: small.bytes.md5,
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

/** Every part is checked against its hash as it is read. */
async function* joined(world: World, parts: readonly Part[]): AsyncIterable<Uint8Array> {
  for (const { bytes } of parts) yield* world.objects.read(bytes) as AsyncIterable<Uint8Array>
}

/** md5 of the parts' md5s, and how many they are. */
function etagOf(parts: readonly Part[]): string {
  const md5 = createHash('md5')
  for (const { bytes } of parts) md5.update(Buffer.from(bytes.md5, 'hex'))
  return `${md5.digest('hex')}-${parts.length}`
}

/** The algorithm to run over the joined bytes: the upload's own, or the one whose value the client declares only now. */
function wholeAlgorithm({ checksum }: Upload, input: Input) {
  if (checksum) return checksum.type === 'FULL_OBJECT' ? checksum.algorithm : undefined
  return givenChecksum(input)?.algorithm
}

function wholeValue({ checksum }: Upload, input: Input): string | undefined {
  const given = givenChecksum(input)
  if (!given || checksum?.type === 'COMPOSITE') return undefined
  if (checksum && checksum.algorithm !== given.algorithm) {
    throw invalidRequest(
      `The upload was created using the ${checksum.algorithm} checksum algorithm, and the request has a ${given.algorithm} checksum.`,
    )
  }
  return given.value
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

function withChecksum(checksum: StoredChecksum | undefined): { checksum?: StoredChecksum } {
  return checksum ? { checksum } : {}
}
