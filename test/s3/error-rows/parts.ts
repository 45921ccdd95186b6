import { noBucket, malformed, noUpload, xml, missing, argument, type Row } from './row.ts'

/** Multipart uploads. */
export const parts: Row[] = [
  missing('PUT /errors/k?partNumber=1&uploadId=x', 'NoSuchUpload', noUpload, { UploadId: 'x' }),
  missing('GET /errors/k?uploadId=x', 'NoSuchUpload', noUpload, { UploadId: 'x' }),
  missing('DELETE /errors/k?uploadId=x', 'NoSuchUpload', noUpload, { UploadId: 'x' }),
  argument(
    'PUT /errors/k?partNumber=0&uploadId={upload}',
    'Part number must be an integer between 1 and 10000, inclusive',
    'partNumber',
    '0',
  ),
  argument(
    'PUT /errors/k?partNumber=abc&uploadId={upload}',
    'Part number must be an integer between 1 and 10000, inclusive',
    'partNumber',
    'abc',
  ),
  {
    ask: 'POST /errors/k?uploadId={upload}',
    status: 400,
    body: xml('CompleteMultipartUpload', ''),
    code: 'MalformedXML',
    message: malformed,
  },
  { ask: 'POST /errors/k?uploadId={upload}', status: 400, body: 'x', code: 'MalformedXML', message: malformed },
  {
    ask: 'POST /errors/k?uploadId={upload}',
    status: 400,
    body: xml('CompleteMultipartUpload', '<Part><PartNumber>1</PartNumber><ETag>"x"</ETag></Part>'),
    code: 'InvalidPart',
    message:
      "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    fields: { UploadId: '{upload}', PartNumber: '1', ETag: '"x"' },
  },
  {
    ask: 'POST /errors/k?uploadId={upload}',
    status: 400,
    body: xml(
      'CompleteMultipartUpload',
      '<Part><PartNumber>2</PartNumber><ETag>{part}</ETag></Part><Part><PartNumber>1</PartNumber><ETag>{part}</ETag></Part>',
    ),
    code: 'InvalidPartOrder',
    message: 'The list of parts was not in ascending order. Parts must be ordered by part number.',
    fields: { UploadId: '{upload}' },
  },
  {
    ask: 'POST /errors/k?uploadId={upload}',
    status: 400,
    body: xml(
      'CompleteMultipartUpload',
      '<Part><PartNumber>2</PartNumber><ETag>{part}</ETag></Part><Part><PartNumber>3</PartNumber><ETag>{part}</ETag></Part>',
    ),
    code: 'EntityTooSmall',
    message: 'Your proposed upload is smaller than the minimum allowed size',
    fields: { ETag: /^[\da-f]{32}$/, PartNumber: '2', ProposedSize: '4', MinSizeAllowed: '5242880' },
  },
  ...[
    [
      'bytes=3-1',
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
    ],
    ['bytes=0-4', 'Range specified is not valid for source object of size: 4'],
  ].map(([range = '', message = '']) =>
    argument('PUT /errors/k?partNumber=1&uploadId={upload}', message, 'x-amz-copy-source-range', range, {
      headers: { 'x-amz-copy-source': '/errors/k', 'x-amz-copy-source-range': range },
    }),
  ),
  {
    ...missing('PUT /errors/k?partNumber=1&uploadId={upload}', 'NoSuchBucket', noBucket, {
      BucketName: 'no-such-bucket',
    }),
    headers: { 'x-amz-copy-source': '/no-such-bucket/k' },
  },
]
