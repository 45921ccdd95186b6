import { batchGetRecord } from './batch-get-record.ts'
import { deleteRecord } from './delete-record.ts'
import { getRecord } from './get-record.ts'
import { putRecord } from './put-record.ts'

/** Everything of Feature Store's runtime that is built, by its AWS name. */
export const operations = {
  BatchGetRecord: batchGetRecord,
  DeleteRecord: deleteRecord,
  GetRecord: getRecord,
  PutRecord: putRecord,
}
