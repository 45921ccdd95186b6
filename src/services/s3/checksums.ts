import type { Call } from '../../door/call.ts'
import { checksum, checksumAlgorithms, type ChecksumAlgorithm } from '../../door/checksum.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { invalidRequest } from './errors.ts'
import { isInner } from './needs.ts'

export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE'

export interface StoredChecksum {
  algorithm: ChecksumAlgorithm
  /** Base64, of a composite with `-N`. */
  value: string
  type: ChecksumType
}

/** A value by its member, `{ ChecksumCRC32: '…' }`. */
export type ChecksumMembers = { [member in `Checksum${ChecksumAlgorithm}`]?: string }

export function checksumMembers(stored: Pick<StoredChecksum, 'algorithm' | 'value'> | undefined): ChecksumMembers {
  return stored ? { [`Checksum${stored.algorithm}`]: stored.value } : {}
}

/** As above, with the type, as answers about whole objects have it. */
export function checksumAnswer(stored: StoredChecksum | undefined): ChecksumMembers & { ChecksumType?: ChecksumType } {
  return stored ? { ...checksumMembers(stored), ChecksumType: stored.type } : {}
}

/** The checksum that an input's members give. */
export function givenChecksum(input: ChecksumMembers): { algorithm: ChecksumAlgorithm; value: string } | undefined {
  for (const algorithm of checksumAlgorithms) {
    const value = input[`Checksum${algorithm}`]
    if (value !== undefined) return { algorithm, value }
  }
  return undefined
}

/** The algorithm by its name in an input; throws InvalidRequest where S3 has none such. */
export function algorithmNamed(name: string | undefined): ChecksumAlgorithm | undefined {
  if (name === undefined) return undefined
  const known = checksumAlgorithms.find((algorithm) => algorithm === name.toUpperCase())
  if (!known) {
    throw invalidRequest(
      'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
    )
  }
  return known
}

/** A body whose checksum is known once it has streamed past. */
export interface Summed {
  source: AsyncIterable<Uint8Array>
  checksum(): Pick<StoredChecksum, 'algorithm' | 'value'> | undefined
}

/**
 * What a client declares in a header or trailer is held against the bytes by the door (door/checksum-body.ts); a value from
 * within this process is held against them here, and the stream fails at its end where it is another.
 */
export function checksummed(
  call: Call,
  input: ChecksumMembers & { ChecksumAlgorithm?: string },
  source: AsyncIterable<Uint8Array>,
): Summed {
  const given = givenChecksum(input)
  if (given && !isInner(call)) return { source, checksum: () => given }
  return summed(given?.algorithm ?? trailing(call) ?? algorithmNamed(input.ChecksumAlgorithm), source, given?.value)
}

/** The same of any source; fails at its end with BadDigest where the value is not the expected one. */
export function summed(
  algorithm: ChecksumAlgorithm | undefined,
  source: AsyncIterable<Uint8Array>,
  expected?: string,
): Summed {
  if (!algorithm) return { source, checksum: () => undefined }
  const state = checksum(algorithm)
  let value = ''
  async function* passing() {
    for await (const chunk of source) {
      state.update(chunk)
      yield chunk
    }
    value = state.digest()
    if (expected !== undefined && value !== expected) throw badDigest(algorithm!)
  }
  return { source: passing(), checksum: () => ({ algorithm, value }) }
}

/** A checksum over all of an object's bytes, as they are stored. */
export function fullObject(checksum: ReturnType<Summed['checksum']>): StoredChecksum | undefined {
  return checksum && { ...checksum, type: 'FULL_OBJECT' }
}

/** `x-amz-trailer: x-amz-checksum-crc32` */
function trailing(call: Call): ChecksumAlgorithm | undefined {
  return algorithmNamed(/x-amz-checksum-([a-z0-9]+)/i.exec(call.header('x-amz-trailer') ?? '')?.[1])
}

export function badDigest(algorithm: ChecksumAlgorithm): AwsError {
  return new AwsError('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`, 400)
}

/** The checksum of checksums (S3 User Guide, "Checking object integrity", composite checksums). */
export function compositeChecksum(algorithm: ChecksumAlgorithm, parts: readonly string[]): string {
  const state = checksum(algorithm)
  for (const part of parts) state.update(Buffer.from(part, 'base64'))
  return `${state.digest()}-${parts.length}`
}

/** Which type an upload's checksum is to be; throws where S3 has no such combination. */
export function checksumTypeFor(algorithm: ChecksumAlgorithm, wanted: string | undefined): ChecksumType {
  const type = wanted?.toUpperCase() ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE')
  const linear = algorithm.startsWith('CRC')
  if ((type === 'FULL_OBJECT' && linear) || (type === 'COMPOSITE' && algorithm !== 'CRC64NVME')) return type
  throw invalidRequest(
    `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
  )
}
