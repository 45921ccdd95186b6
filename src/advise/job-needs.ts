import type { Call, Need } from '../door/call.ts'
import { parseS3Uri } from '../jobs/transfers/s3-uri.ts'
import { onBucket, onObject } from '../services/s3/needs.ts'
import { OBJECTS, objectKey } from '../services/s3/object.ts'
import type { Transfers } from '../services/sagemaker/job.ts'

/** What a job asks of S3 from its start to its end: to list and read each input (one object stands for all), and to write. */
export function s3Needs(call: Call, { reads, writes }: Transfers): Need[] {
  return [
    ...reads.flatMap(({ uri, prefix }) => {
      const { bucket, key } = parseS3Uri(uri)
      const first = prefix ? firstKey(call, bucket, key) : key
      return [
        ...(prefix ? [onBucket(call, 's3:ListBucket', bucket, { 's3:prefix': key })] : []),
        ...(first === undefined ? [] : [onObject(call, 's3:GetObject', bucket, first)]),
      ]
    }),
    ...writes.map((uri) => {
      const { bucket, key } = parseS3Uri(uri)
      return onObject(call, 's3:PutObject', bucket, key)
    }),
  ]
}

function firstKey({ world }: Call, bucket: string, prefix: string): string | undefined {
  const [row] = world.store.list(OBJECTS, { prefix: objectKey(bucket, prefix), limit: 1 })
  return row?.key.slice(objectKey(bucket, '').length)
}
