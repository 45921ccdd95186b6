import { precondition, methodNot, type Row } from './row.ts'

/** Methods that a resource does not have. */
export const methods: Row[] = [
  methodNot('POST /errors/k', 'OBJECT'),
  methodNot('POST /errors/k?acl', 'OBJECT'),
  methodNot('DELETE /errors/k?acl', 'OBJECT'),
  methodNot('PUT /errors?location', 'BUCKET'),
  methodNot('POST /errors?versioning', 'BUCKET'),
  methodNot('PUT /errors/k?uploads', 'OBJECT'),
  {
    ask: 'POST /errors',
    status: 412,
    code: 'PreconditionFailed',
    message: precondition,
    fields: { Condition: 'Bucket POST must be of the enclosure-type multipart/form-data' },
  },
  { ask: 'GET /errors?no-such-thing', status: 200 },
  { ask: 'GET /errors/k?no-such-thing=1', status: 200 },
]
