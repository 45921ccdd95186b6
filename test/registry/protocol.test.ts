/** The points of the OCI distribution specification's conformance, and where Amazon ECR answers otherwise. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { digestOf, manifestOf, OCI_INDEX, OCI_MANIFEST, openLab, type Ask, type Lab, type Reply } from './client.ts'

let lab: Lab
let image: Awaited<ReturnType<Lab['docker']['image']>>
before(async () => {
  lab = await openLab()
  image = await lab.docker.image('team/app', 'v1', 'one')
})
after(() => lab.close())

interface Point {
  name: string
  ask: () => [method: string, path: string, ask?: Ask]
  status: number
  code?: string
  message?: string
  headers?: () => Record<string, string | RegExp>
  body?: () => string
}

const nowhere = digestOf('nowhere')
const app = '/v2/team/app'

const points: Point[] = [
  { name: 'the version check', ask: () => ['GET', '/v2/'], status: 200 },
  {
    name: 'the version check without a password',
    ask: () => ['GET', '/v2/', { password: '' }],
    status: 401,
    headers: () => ({
      'www-authenticate': `Basic realm="${lab.server.url}/",service="ecr.amazonaws.com"`,
      'content-type': 'text/plain; charset=utf-8',
    }),
    body: () => 'Not Authorized\n',
  },
  {
    name: 'the version check at a registry’s own name',
    ask: () => ['GET', '/v2/', { password: '', headers: { host: '123456789012.dkr.ecr.eu-west-2.amazonaws.com' } }],
    status: 401,
    headers: () => ({
      'www-authenticate':
        'Basic realm="https://123456789012.dkr.ecr.eu-west-2.amazonaws.com/",service="ecr.amazonaws.com"',
    }),
  },
  {
    name: 'a password that is none',
    ask: () => ['GET', '/v2/', { password: 'guess' }],
    status: 400,
    code: 'DENIED',
    message: 'Your Authorization Token is invalid.',
  },
  {
    name: 'another user than AWS',
    ask: () => ['GET', '/v2/', { password: '', headers: { authorization: `Basic ${btoa('root:x')}` } }],
    status: 400,
    code: 'DENIED',
  },
  {
    name: 'a bearer token',
    ask: () => ['GET', '/v2/', { password: '', headers: { authorization: 'Bearer x' } }],
    status: 401,
  },
  {
    name: 'a manifest by tag',
    ask: () => ['GET', `${app}/manifests/v1`, { headers: { accept: `${OCI_MANIFEST}, ${OCI_INDEX};q=0.5` } }],
    status: 200,
    headers: () => ({ 'content-type': OCI_MANIFEST, 'docker-content-digest': image.digest }),
    body: () => image.manifest,
  },
  {
    name: 'a manifest by digest',
    ask: () => ['GET', `${app}/manifests/${image.digest}`],
    status: 200,
    headers: () => ({ 'docker-content-digest': image.digest }),
    body: () => image.manifest,
  },
  {
    name: 'whether a manifest is there',
    ask: () => ['HEAD', `${app}/manifests/v1`],
    status: 200,
    headers: () => ({
      'content-length': String(image.manifest.length),
      'content-type': OCI_MANIFEST,
      'docker-content-digest': image.digest,
    }),
    body: () => '',
  },
  {
    name: 'a manifest that is not there',
    ask: () => ['GET', `${app}/manifests/v9`],
    status: 404,
    code: 'MANIFEST_UNKNOWN',
    message: 'Requested image not found',
  },
  {
    name: 'a manifest by a digest that is not there',
    ask: () => ['GET', `${app}/manifests/${nowhere}`],
    status: 404,
    code: 'MANIFEST_UNKNOWN',
  },
  {
    name: 'whether an absent manifest is there',
    ask: () => ['HEAD', `${app}/manifests/v9`],
    status: 404,
    body: () => '',
  },
  {
    name: 'a manifest of a repository that is not there',
    ask: () => ['GET', '/v2/none/manifests/v1'],
    status: 404,
    code: 'NAME_UNKNOWN',
    message: "The repository with name 'none' does not exist in the registry with id '123456789012'",
  },
  {
    name: 'a name that can be none',
    ask: () => ['GET', '/v2/UPPER/manifests/v1'],
    status: 400,
    code: 'NAME_INVALID',
  },
  {
    name: 'a blob',
    ask: () => ['GET', `${app}/blobs/${image.layer}`],
    status: 200,
    headers: () => ({ 'content-length': '12', 'docker-content-digest': image.layer }),
    body: () => 'layer of one',
  },
  {
    name: 'a range of a blob',
    ask: () => ['GET', `${app}/blobs/${image.layer}`, { headers: { range: 'bytes=6-7' } }],
    status: 206,
    headers: () => ({ 'content-range': 'bytes 6-7/12' }),
    body: () => 'of',
  },
  {
    name: 'a range beyond a blob',
    ask: () => ['GET', `${app}/blobs/${image.layer}`, { headers: { range: 'bytes=12-' } }],
    status: 416,
  },
  {
    name: 'a blob at the registry’s own name: where it lies',
    ask: () => [
      'GET',
      `${app}/blobs/${image.layer}`,
      { headers: { host: '123456789012.dkr.ecr.us-east-1.amazonaws.com' } },
    ],
    status: 307,
    headers: () => ({
      location: /^https:\/\/prod-us-east-1-starport-layer-bucket\.s3\.us-east-1\.amazonaws\.com\/.*X-Amz-Signature=/,
    }),
  },
  {
    name: 'whether a blob is there',
    ask: () => ['HEAD', `${app}/blobs/${image.layer}`],
    status: 200,
    headers: () => ({ 'content-length': '12', 'docker-content-digest': image.layer }),
  },
  {
    name: 'a blob that is not there',
    ask: () => ['GET', `${app}/blobs/${nowhere}`],
    status: 404,
    code: 'BLOB_UNKNOWN',
  },
  { name: 'whether an absent blob is there', ask: () => ['HEAD', `${app}/blobs/${nowhere}`], status: 404 },
  {
    name: 'a blob of another repository: nobody learns that there is one',
    ask: () => ['GET', `/v2/other/blobs/${image.layer}`],
    status: 404,
    code: 'BLOB_UNKNOWN',
  },
  {
    name: 'a digest that is none',
    ask: () => ['GET', `${app}/blobs/sha256:xyz`],
    status: 400,
    code: 'DIGEST_INVALID',
  },
  { name: 'deleting a blob', ask: () => ['DELETE', `${app}/blobs/${image.layer}`], status: 405, code: 'UNSUPPORTED' },
  {
    name: 'an upload that is not there',
    ask: () => ['PATCH', `${app}/blobs/uploads/0b4ab4ae-0000-4000-8000-000000000000`, { body: 'x' }],
    status: 404,
    code: 'BLOB_UPLOAD_UNKNOWN',
  },
  {
    name: 'the end of an upload without a digest',
    ask: () => ['PUT', `${app}/blobs/uploads/0b4ab4ae-0000-4000-8000-000000000000`],
    status: 400,
    code: 'DIGEST_INVALID',
  },
  {
    name: 'a manifest whose layers are not there',
    ask: () => [
      'PUT',
      `${app}/manifests/v2`,
      { body: manifestOf('no config', []), headers: { 'content-type': OCI_MANIFEST } },
    ],
    status: 400,
    code: 'MANIFEST_BLOB_UNKNOWN',
  },
  {
    name: 'a manifest that is none',
    ask: () => ['PUT', `${app}/manifests/v2`, { body: '{', headers: { 'content-type': OCI_MANIFEST } }],
    status: 400,
    code: 'MANIFEST_INVALID',
  },
  {
    name: 'a manifest of the first schema',
    ask: () => ['PUT', `${app}/manifests/v2`, { body: '{"schemaVersion":1}' }],
    status: 400,
    code: 'MANIFEST_INVALID',
  },
  {
    name: 'a manifest under another’s digest',
    ask: () => [
      'PUT',
      `${app}/manifests/${nowhere}`,
      { body: image.manifest, headers: { 'content-type': OCI_MANIFEST } },
    ],
    status: 400,
    code: 'DIGEST_INVALID',
  },
  {
    name: 'the same image again',
    ask: () => ['PUT', `${app}/manifests/v1`, { body: image.manifest, headers: { 'content-type': OCI_MANIFEST } }],
    status: 201,
    headers: () => ({ location: `${app}/manifests/${image.digest}`, 'docker-content-digest': image.digest }),
  },
  {
    name: 'a tag that is none',
    ask: () => ['PUT', `${app}/manifests/-v`, { body: image.manifest, headers: { 'content-type': OCI_MANIFEST } }],
    status: 400,
    code: 'TAG_INVALID',
  },
  {
    name: 'a catalog',
    ask: () => ['GET', '/v2/_catalog?n=1'],
    status: 200,
    headers: () => ({ link: '</v2/_catalog?last=other&n=1>; rel="next"' }),
    body: () => '{"repositories":["other"]}',
  },
  {
    name: 'referrers of what is not there',
    ask: () => ['GET', `${app}/referrers/${nowhere}`],
    status: 200,
    headers: () => ({ 'content-type': OCI_INDEX }),
    body: () => `{"schemaVersion":2,"mediaType":"${OCI_INDEX}","manifests":[]}`,
  },
  {
    name: 'a page that there is none',
    ask: () => ['GET', '/v2/team/app/else'],
    status: 404,
    body: () => '404 page not found\n',
  },
  { name: 'another method', ask: () => ['POST', `${app}/manifests/v1`], status: 405, code: 'UNSUPPORTED' },
  { name: 'a path of broken escapes', ask: () => ['GET', '/v2/%zz/manifests/x'], status: 404 },
]

function assertReply(point: Point, reply: Reply): void {
  assert.equal(reply.status, point.status, reply.body.toString())
  assert.equal(reply.headers['docker-distribution-api-version'], 'registry/2.0')
  if (point.code !== undefined) assert.equal(reply.error?.code, point.code)
  if (point.message !== undefined) assert.equal(reply.error?.message, point.message)
  if (point.body) assert.equal(reply.body.toString(), point.body())
  for (const [name, value] of Object.entries(point.headers?.() ?? {})) {
    if (typeof value === 'string') assert.equal(reply.headers[name], value)
    else assert.match(reply.headers[name] ?? '', value)
  }
}

describe('the registry answers', () => {
  for (const point of points) {
    it(point.name, async () => assertReply(point, await lab.docker.send(...point.ask())))
  }
})

describe('an upload', () => {
  const begin = async () => (await lab.docker.send('POST', `${app}/blobs/uploads/`)).headers['location']!

  it('goes in pieces, tells how far it is, and goes on', async () => {
    const location = await begin()
    const first = await lab.docker.send('PATCH', location, { body: 'hello ', headers: { 'content-range': '0-5' } })
    assert.deepEqual([first.status, first.headers['range'], first.headers['location']], [202, '0-5', location])
    const status = await lab.docker.send('GET', location)
    assert.deepEqual([status.status, status.headers['range']], [204, '0-5'])
    const wrong = await lab.docker.send('PATCH', location, { body: 'x', headers: { 'content-range': '9-9' } })
    assert.deepEqual([wrong.status, wrong.error?.code, wrong.headers['range']], [416, 'RANGE_INVALID', '0-5'])
    const second = await lab.docker.send('PATCH', location, { body: 'wor', chunked: true })
    assert.equal(second.headers['range'], '0-8')
    const digest = digestOf('hello world')
    const mismatch = await lab.docker.send('PUT', `${location}?digest=${nowhere}`)
    assert.deepEqual([mismatch.status, mismatch.error?.code], [400, 'DIGEST_INVALID'])
    const end = await lab.docker.send('PUT', `${location}?digest=${digest}`, {
      body: 'ld',
      headers: { 'content-range': '9-10' },
    })
    assert.deepEqual(
      [end.status, end.headers['location'], end.headers['docker-content-digest']],
      [201, `${app}/blobs/${digest}`, digest],
    )
    assert.equal((await lab.docker.send('GET', `${app}/blobs/${digest}`)).body.toString(), 'hello world')
    assert.equal((await lab.docker.send('GET', location)).status, 404)
  })

  it('may be one request, and the same again is no error', async () => {
    const digest = digestOf('at once')
    for (let n = 0; n < 2; n++) {
      const reply = await lab.docker.send('POST', `${app}/blobs/uploads/?digest=${digest}`, { body: 'at once' })
      assert.deepEqual([reply.status, reply.headers['location']], [201, `${app}/blobs/${digest}`])
    }
    const wrong = await lab.docker.send('POST', `${app}/blobs/uploads/?digest=${nowhere}`, { body: 'at once' })
    assert.equal(wrong.error?.code, 'DIGEST_INVALID')
  })

  it('can be given up', async () => {
    const location = await begin()
    await lab.docker.send('PATCH', location, { body: 'x' })
    assert.equal((await lab.docker.send('DELETE', location)).status, 204)
    assert.equal((await lab.docker.send('GET', location)).error?.code, 'BLOB_UPLOAD_UNKNOWN')
  })

  it('without a byte is none', async () => {
    const location = await begin()
    const reply = await lab.docker.send('PUT', `${location}?digest=${digestOf('')}`)
    assert.deepEqual([reply.status, reply.error?.code], [400, 'BLOB_UPLOAD_INVALID'])
  })

  it('is spared where the registry mounts layers of its other repositories', async () => {
    const mount = () => lab.docker.send('POST', `/v2/other/blobs/uploads/?mount=${image.layer}&from=team/app`)
    assert.equal((await mount()).status, 202)
    await lab.ecr('PutAccountSetting', { name: 'BLOB_MOUNTING', value: 'ENABLED' })
    const reply = await mount()
    assert.deepEqual([reply.status, reply.headers['location']], [201, `/v2/other/blobs/${image.layer}`])
    assert.equal((await lab.docker.send('GET', `/v2/other/blobs/${image.layer}`)).body.toString(), 'layer of one')
    const absent = await lab.docker.send('POST', `/v2/other/blobs/uploads/?mount=${nowhere}&from=team/app`)
    assert.equal(absent.status, 202)
    await lab.ecr('PutAccountSetting', { name: 'BLOB_MOUNTING', value: 'DISABLED' })
  })
})

describe('images', () => {
  it('have tags, listed by page', async () => {
    for (const tag of ['b', 'a', 'c']) await lab.docker.manifest('team/app', tag, image.manifest)
    const all = await lab.docker.send('GET', `${app}/tags/list`)
    assert.deepEqual(JSON.parse(all.body.toString()), { name: 'team/app', tags: ['a', 'b', 'c', 'v1'] })
    const first = await lab.docker.send('GET', `${app}/tags/list?n=2`)
    assert.deepEqual(JSON.parse(first.body.toString()).tags, ['a', 'b'])
    const [, next = ''] = /^<(.+)>; rel="next"$/.exec(first.headers['link'] ?? '') ?? []
    const second = await lab.docker.send('GET', next)
    assert.deepEqual([JSON.parse(second.body.toString()).tags, second.headers['link']], [['c', 'v1'], undefined])
  })

  it('stand together in an index, which keeps them from being deleted', async () => {
    const child = await lab.docker.image('team/app', '', 'child')
    assert.equal(child.reply.status, 201, child.reply.body.toString())
    const descriptor = { mediaType: OCI_MANIFEST, digest: child.digest, size: child.manifest.length }
    const index = JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [descriptor] })
    const absent = JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      manifests: [{ ...descriptor, digest: nowhere }],
    })
    assert.equal(
      (await lab.docker.manifest('team/app', 'multi', absent, OCI_INDEX)).error?.code,
      'MANIFEST_BLOB_UNKNOWN',
    )
    assert.equal((await lab.docker.manifest('team/app', 'multi', index, OCI_INDEX)).status, 201)
    const got = await lab.docker.send('GET', `${app}/manifests/multi`)
    assert.deepEqual([got.headers['content-type'], got.body.toString()], [OCI_INDEX, index])
    assert.equal((await lab.docker.send('DELETE', `${app}/manifests/${child.digest}`)).error?.code, 'DENIED')
    assert.equal((await lab.docker.send('DELETE', `${app}/manifests/multi`)).status, 202)
    assert.equal((await lab.docker.send('DELETE', `${app}/manifests/${child.digest}`)).status, 202)
    assert.equal((await lab.docker.send('DELETE', `${app}/manifests/${child.digest}`)).error?.code, 'MANIFEST_UNKNOWN')
  })

  it('are referred to by what is about them', async () => {
    const subject = { mediaType: OCI_MANIFEST, digest: image.digest, size: image.manifest.length }
    const signed = await lab.docker.image('team/app', '', 'signature', {
      subject,
      artifactType: 'application/x-signature',
      annotations: { by: 'me' },
    })
    assert.equal(signed.reply.headers['oci-subject'], image.digest)
    await lab.docker.image('team/app', '', 'bill', { subject })
    const list = async (query: string) => {
      const reply = await lab.docker.send('GET', `${app}/referrers/${image.digest}${query}`)
      return { reply, manifests: JSON.parse(reply.body.toString()).manifests }
    }
    assert.equal((await list('')).manifests.length, 2)
    const { reply, manifests } = await list('?artifactType=application/x-signature')
    assert.equal(reply.headers['oci-filters-applied'], 'artifactType')
    assert.deepEqual(manifests, [
      {
        mediaType: OCI_MANIFEST,
        digest: signed.digest,
        size: signed.manifest.length,
        artifactType: 'application/x-signature',
        annotations: { by: 'me' },
      },
    ])
  })

  it('keep their tags where the repository is immutable, in ECR’s words', async () => {
    await lab.ecr('PutImageTagMutability', { repositoryName: 'team/app', imageTagMutability: 'IMMUTABLE' })
    const { reply } = await lab.docker.image('team/app', 'v1', 'another')
    assert.deepEqual(
      [reply.status, reply.error],
      [
        400,
        {
          code: 'TAG_INVALID',
          message:
            "The image tag 'v1' already exists in the 'team/app' repository and cannot be overwritten because the tag is immutable.",
        },
      ],
    )
  })
})
