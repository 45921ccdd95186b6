import { argument, type Row } from './row.ts'

/** Pages and their markers. */
export const listings: Row[] = [
  ...['max-keys', 'max-uploads'].flatMap((name) => {
    const path = `GET /errors?${name === 'max-keys' ? '' : 'uploads&'}${name}=`
    const range = `Provided ${name} not an integer or within integer range`
    return [argument(`${path}abc`, range, name, 'abc'), argument(`${path}2147483648`, range, name, '2147483648')]
  }),
  argument('GET /errors?max-keys=-1', 'Argument maxKeys must be an integer between 0 and 2147483647', 'maxKeys', '-1'),
  argument(
    'GET /errors?versions&max-keys=1.5',
    'Provided max-keys not an integer or within integer range',
    'max-keys',
    '1.5',
  ),
  argument(
    'GET /errors/k?uploadId={upload}&max-parts=x',
    'Provided max-parts not an integer or within integer range',
    'max-parts',
    'x',
  ),
  argument(
    'GET /errors?encoding-type=base64',
    'Invalid Encoding Method specified in Request',
    'encoding-type',
    'base64',
  ),
  argument(
    'GET /errors?list-type=2&continuation-token=',
    'The continuation token provided is incorrect',
    'continuation-token',
    '',
  ),
  argument(
    'GET /errors?list-type=2&continuation-token=%21',
    'The continuation token provided is incorrect',
    'continuation-token',
    '!',
  ),
  argument(
    'GET /errors?versions&version-id-marker=x',
    'A version-id marker cannot be specified without a key marker.',
    'version-id-marker',
    'x',
  ),
  argument(
    'GET /errors?versions&key-marker=k&version-id-marker=',
    'A version-id marker cannot be empty.',
    'version-id-marker',
    '',
  ),
]
