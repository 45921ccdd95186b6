import type { World } from '../world.ts'
import type { Delivery } from './instance-credentials.ts'
import { isFolder, metadataTree, type Folder, type Node } from './metadata-tree.ts'
import { placeOf, type AskingInterface, type LinkLocalAnswer, type LinkLocalRequest, type Place } from './place.ts'
import { makeToken, tokenLeft } from './tokens.ts'

const TOKEN = 'x-aws-ec2-metadata-token'
const TTL = 'x-aws-ec2-metadata-token-ttl-seconds'
const LONGEST_TTL = 21_600

/** Versions that have the same folders here (EC2 User Guide, "Instance metadata categories"). */
const VERSIONS = [
  '1.0',
  '2007-01-19',
  '2008-02-01',
  '2009-04-04',
  '2011-01-01',
  '2012-01-12',
  '2014-02-25',
  '2016-09-02',
  '2018-09-24',
  '2019-10-01',
  '2020-10-27',
  '2021-03-23',
  '2021-07-15',
  '2022-09-24',
  'latest',
]

/**
 * Instance metadata (169.254.169.254, [fd00:ec2::254]), versions 1 and 2, of the instance to which the interface belongs that
 * asks. `undefined`: the answer is lost on its way, since it may not go that far (HttpPutResponseHopLimit).
 * EC2 User Guide, "Use the Instance Metadata Service to access instance metadata".
 */
export async function answerMetadata(
  world: World,
  asking: AskingInterface,
  request: LinkLocalRequest,
): Promise<LinkLocalAnswer | undefined> {
  const place = placeOf(world, asking)
  if (!place) return refusal(404)
  const options = place.instance.MetadataOptions
  if (options.HttpEndpoint === 'disabled') return refusal(403)
  const path = pathOf(request.path)
  if (path === undefined) return refusal(400)
  if (request.method === 'PUT') {
    if ((request.hops ?? 1) > (options.HttpPutResponseHopLimit ?? 1)) return undefined
    return path.join('/') === 'latest/api/token' ? tokenFor(world, place, request) : refusal(403)
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return refusal(405)
  const token = header(request, TOKEN)
  const left = token === undefined ? undefined : tokenLeft(world, place.instance.InstanceId, token)
  if (left === undefined && (token !== undefined || options.HttpTokens === 'required')) return refusal(401)
  const found = await read(world, place, path, token === undefined ? '1.0' : '2.0')
  if (found === undefined) return refusal(404)
  return {
    status: 200,
    headers: { ...plain, ...(left === undefined ? {} : { [TTL]: String(left) }) },
    body: request.method === 'HEAD' ? '' : found,
  }
}

const plain = { 'content-type': 'text/plain', 'accept-ranges': 'none', server: 'EC2ws' }

/** The parts of a path without its query; undefined for one that cannot be read. */
function pathOf(text: string): string[] | undefined {
  try {
    return decodeURIComponent(text.split('?')[0]!)
      .split('/')
      .filter((part) => part !== '')
  } catch {
    return undefined
  }
}

function header({ headers }: LinkLocalRequest, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : value?.[0]
}

/** A proxy would add X-Forwarded-For: such requests get no token, so that an open proxy gives nothing away. */
function tokenFor(world: World, place: Place, request: LinkLocalRequest): LinkLocalAnswer {
  if (header(request, 'x-forwarded-for') !== undefined) return refusal(403)
  const text = header(request, TTL) ?? ''
  const seconds = Number(text)
  if (!/^\d{1,5}$/.test(text) || seconds < 1 || seconds > LONGEST_TTL) return refusal(400)
  return {
    status: 200,
    headers: { ...plain, [TTL]: text },
    body: makeToken(world, place.instance.InstanceId, seconds),
  }
}

async function read(
  world: World,
  place: Place,
  path: readonly string[],
  delivery: Delivery,
): Promise<string | Uint8Array | undefined> {
  const [version, ...rest] = path
  if (version === undefined) return VERSIONS.join('\n')
  if (!VERSIONS.includes(version)) return undefined
  let node: Node | undefined = metadataTree(world, place, delivery)
  for (const part of rest) {
    if (!isFolder(node)) return undefined
    node = entry(node, part)
  }
  if (isFolder(node)) return listing(node)
  return typeof node === 'function' ? node() : node
}

/** Keys are listed as `0=NAME` and found under `0`. */
function entry(folder: Folder, name: string): Node | undefined {
  if (Object.hasOwn(folder, name)) return /^\d+=/.test(name) ? undefined : folder[name]
  const numbered = Object.keys(folder).find((key) => /^\d+=/.test(key) && key.startsWith(`${name}=`))
  return numbered === undefined ? undefined : folder[numbered]
}

function listing(folder: Folder): string {
  return Object.entries(folder)
    .filter(([, node]) => node !== undefined)
    .map(([name, node]) => (isFolder(node) && !/^\d+=/.test(name) ? `${name}/` : name))
    .join('\n')
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
}

/** The page that the metadata service answers with instead. */
function refusal(status: number): LinkLocalAnswer {
  const title = `${status} - ${titles[status]}`
  return {
    status,
    headers: { 'content-type': 'text/html', server: 'EC2ws' },
    body: `<?xml version="1.0" encoding="iso-8859-1"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"
\t"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
 <head>
  <title>${title}</title>
 </head>
 <body>
  <h1>${title}</h1>
 </body>
</html>
`,
  }
}
