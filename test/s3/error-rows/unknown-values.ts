import { argument, type Row } from './row.ts'

/** Values that a header does not take. */
export const unknown: Row[] = [
  argument('PUT /errors/x', 'Unknown metadata directive.', 'x-amz-metadata-directive', 'MOVE', {
    headers: { 'x-amz-copy-source': '/errors/k', 'x-amz-metadata-directive': 'MOVE' },
  }),
  argument('PUT /errors/x', 'Unknown tagging directive.', 'x-amz-tagging-directive', 'MOVE', {
    headers: { 'x-amz-copy-source': '/errors/k', 'x-amz-tagging-directive': 'MOVE' },
  }),
  argument('PUT /errors/x', 'Unknown wormMode directive.', 'x-amz-object-lock-mode', 'STRICT', {
    headers: { 'x-amz-object-lock-mode': 'STRICT', 'x-amz-object-lock-retain-until-date': '2099-01-01T00:00:00Z' },
  }),
  argument(
    'PUT /errors/x',
    'The retain until date must be provided in ISO 8601 format',
    'x-amz-object-lock-retain-until-date',
    'tomorrow',
    { headers: { 'x-amz-object-lock-mode': 'GOVERNANCE', 'x-amz-object-lock-retain-until-date': 'tomorrow' } },
  ),
  argument('PUT /errors/x', "Legal Hold must be either of 'ON' or 'OFF'", 'x-amz-object-lock-legal-hold', 'MAYBE', {
    headers: { 'x-amz-object-lock-legal-hold': 'MAYBE' },
  }),
  argument('GET /errors/k?attributes', 'Invalid attribute name specified.', 'x-amz-object-attributes', 'Colour', {
    headers: { 'x-amz-object-attributes': 'Colour' },
  }),
  {
    ask: 'POST /errors/x?uploads',
    status: 400,
    headers: { 'x-amz-checksum-algorithm': 'MD4' },
    code: 'InvalidRequest',
    message:
      'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
  },
]
