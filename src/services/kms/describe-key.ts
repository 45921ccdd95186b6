import type { DescribeKeyCommandInput, DescribeKeyCommandOutput } from '@aws-sdk/client-kms'
import { openKey, parseKeyId } from './key-id.ts'
import { kmsOperation } from './kms-operation.ts'
import { metadataOf } from './metadata.ts'
import { onKey } from './needs.ts'

/** Of an AWS alias that has no key yet it makes the key (API reference, DescribeKey: KeyId). */
export const describeKey = kmsOperation<DescribeKeyCommandInput, DescribeKeyCommandOutput>('DescribeKey', {
  needs: onKey('DescribeKey'),
  perform: ({ KeyId }, { call, world }) => ({ KeyMetadata: metadataOf(openKey(world, parseKeyId(KeyId, call))) }),
})
