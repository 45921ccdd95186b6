import { createHash } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { call } from '../support/call.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import type { Keys } from '../support/sign.ts'

export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json'
export const OCI_CONFIG = 'application/vnd.oci.image.config.v1+json'
export const OCI_LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip'

export const digestOf = (bytes: Uint8Array | string) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

export interface Reply {
  status: number
  headers: Record<string, string>
  body: Buffer
  /** Code and message of the first error. */
  error?: { code: string; message: string }
}

export interface Ask {
  body?: Uint8Array | string
  headers?: Record<string, string>
  /** Sent chunked, without a length. */
  chunked?: boolean
  /** Another one than the registry's own; empty: none. */
  password?: string
}

/** A client of the distribution protocol that does what it is told, and nothing by itself. */
export class RegistryClient {
  readonly url: string
  password: string

  constructor(url: string, password: string) {
    this.url = url
    this.password = password
  }

  send(
    method: string,
    path: string,
    { body, headers = {}, chunked, password = this.password }: Ask = {},
  ): Promise<Reply> {
    const bytes = body === undefined ? undefined : Buffer.from(body as string)
    const { hostname, port } = new URL(this.url)
    return new Promise((resolve, reject) => {
      const request = httpRequest({
        host: hostname,
        port,
        method,
        path,
        timeout: 10_000,
        headers: {
          ...(password && { authorization: `Basic ${Buffer.from(`AWS:${password}`).toString('base64')}` }),
          ...(!chunked && { 'content-length': bytes?.length ?? 0 }),
          ...headers,
        },
      })
      request.on('error', reject)
      request.on('timeout', () => request.destroy(new Error(`no answer to ${method} ${path}`)))
      request.on('response', (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('error', reject)
        response.on('end', () => resolve(replyOf(response.statusCode ?? 0, response.headers, Buffer.concat(parts))))
      })
      request.end(bytes)
    })
  }

  /** Uploads a blob at once; gives its digest. */
  async blob(name: string, bytes: Uint8Array | string): Promise<string> {
    const digest = digestOf(bytes)
    const begun = await this.send('POST', `/v2/${name}/blobs/uploads/`)
    if (begun.status !== 202) throw Object.assign(new Error(begun.body.toString()), { reply: begun })
    const ended = await this.send('PUT', `${begun.headers['location']}?digest=${digest}`, { body: bytes })
    if (ended.status !== 201) throw Object.assign(new Error(ended.body.toString()), { reply: ended })
    return digest
  }

  /** Pushes an image of one layer whose content follows from `text`. */
  async image(name: string, reference: string, text: string, more: object = {}) {
    const config = `{"architecture":"amd64","os":"linux","of":${JSON.stringify(text)}}`
    const layer = `layer of ${text}`
    for (const bytes of [config, layer]) await this.blob(name, bytes)
    const manifest = manifestOf(config, [layer], more)
    const reply = await this.manifest(name, reference || digestOf(manifest), manifest)
    return { manifest, digest: digestOf(manifest), layer: digestOf(layer), config: digestOf(config), reply }
  }

  manifest(name: string, reference: string, manifest: string, type = OCI_MANIFEST): Promise<Reply> {
    return this.send('PUT', `/v2/${name}/manifests/${reference}`, { body: manifest, headers: { 'content-type': type } })
  }
}

export function manifestOf(config: string, layers: readonly string[], more: object = {}): string {
  const descriptor = (mediaType: string, bytes: string) => ({
    mediaType,
    digest: digestOf(bytes),
    size: Buffer.byteLength(bytes),
  })
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: descriptor(OCI_CONFIG, config),
    layers: layers.map((layer) => descriptor(OCI_LAYER, layer)),
    ...more,
  })
}

function replyOf(status: number, raw: NodeJS.Dict<string | string[]>, body: Buffer): Reply {
  const headers = Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, String(value)]))
  const errors = headers['content-type']?.startsWith('application/json') && JSON.parse(body.toString() || '{}').errors
  return { status, headers, body, ...(errors && { error: errors[0] }) }
}

/** The password that `aws ecr get-login-password` prints. */
export async function passwordOf(url: string, keys: Keys, input: object = {}): Promise<string> {
  const { authorizationData } = await call(url, keys, 'ecr', 'GetAuthorizationToken', input)
  return Buffer.from(authorizationData[0].authorizationToken, 'base64').toString().replace(/^AWS:/, '')
}

export interface Lab {
  server: TestServer
  docker: RegistryClient
  // oxlint-disable-next-line typescript/no-explicit-any -- answers are as the model says, tests know their shape
  ecr(operation: string, input?: object): Promise<any>
  close(): Promise<void>
}

/** A server with the repositories `team/app` and `other`, and its administrator's client. */
export async function openLab(options: Parameters<typeof startTestServer>[0] = {}): Promise<Lab> {
  const server = await startTestServer({ logLevel: 'error', ...options })
  const ecr = (operation: string, input: object = {}) => call(server.url, server.admin, 'ecr', operation, input)
  for (const repositoryName of ['team/app', 'other']) {
    await ecr('CreateRepository', { repositoryName }).catch((error: Error) => {
      if (error.name !== 'RepositoryAlreadyExistsException') throw error
    })
  }
  const docker = new RegistryClient(server.url, await passwordOf(server.url, server.admin))
  return { server, docker, ecr, close: () => server.close() }
}
