import type { Call, Need } from '../door/call.ts'
import { parseS3Uri } from '../jobs/s3-uri.ts'
import { onBucket, onObject } from '../services/s3/needs.ts'
import { OBJECTS, objectKey } from '../services/s3/object.ts'
import type { TrainingJob } from '../services/sagemaker/training-job.ts'

/** What a job asks of S3 from its start to its end: to list and read each channel (one object stands for all), and to write its model. */
export function s3Needs(call: Call, { description }: TrainingJob): Need[] {
  const { InputDataConfig: channels = [], OutputDataConfig: output, TrainingJobName: name } = description
  const sources = channels.flatMap(({ DataSource }) => DataSource?.S3DataSource ?? [])
  const reads = sources.flatMap(({ S3Uri, S3DataType }) => {
    const { bucket, key } = parseS3Uri(S3Uri)
    const first = S3DataType === 'S3Prefix' ? firstKey(call, bucket, key) : key
    return [
      ...(S3DataType === 'S3Prefix' ? [onBucket(call, 's3:ListBucket', bucket, { 's3:prefix': key })] : []),
      ...(first === undefined ? [] : [onObject(call, 's3:GetObject', bucket, first)]),
    ]
  })
  const { bucket, key } = parseS3Uri(`${output!.S3OutputPath.replace(/\/+$/, '')}/${name}/output/model.tar.gz`)
  return [...reads, onObject(call, 's3:PutObject', bucket, key)]
}

function firstKey({ world }: Call, bucket: string, prefix: string): string | undefined {
  const [row] = world.store.list(OBJECTS, { prefix: objectKey(bucket, prefix), limit: 1 })
  return row?.key.slice(objectKey(bucket, '').length)
}
