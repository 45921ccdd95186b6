import { Busboy, type BusboyFileStream } from '@fastify/busboy'
import type { Readable } from 'node:stream'
import { AwsError } from '../wire/aws-error.ts'
import type { HttpRequest } from '../wire/request.ts'

/** A form of POST Object as far as its file; what comes after that is not read ("must be the last field in the form"). */
export interface PostForm {
  /** By their names in lower case; the first of doubles. */
  fields: ReadonlyMap<string, PostField>
  file: AsyncIterable<Uint8Array>
  /** As the browser called it, without folders. */
  filename: string
}

export interface PostField {
  /** As the form spells it. */
  name: string
  value: string
}

/** "The form data … must not exceed 20 KB" (S3 API Reference, POST Object, MaxPostPreDataLengthExceeded). */
const MAX_BEFORE_FILE = 20 * 1024
const MAX_FIELDS = 100

/** Reads a form until its file begins; the file then streams. Throws S3's refusals of what is no such form. */
export function readPostForm(request: HttpRequest, body: Readable): Promise<PostForm> {
  return new Promise((resolve, reject) => {
    const fields = new Map<string, PostField>()
    let size = 0
    let file: BusboyFileStream | undefined
    const fail = (error: Error) => {
      body.unpipe(parser)
      if (file) file.destroy(error)
      else reject(error)
    }
    const parser = parserOf(request)
    parser.on('field', (name: string | undefined, value, nameCut, valueCut) => {
      // A part of no name is no field, whatever the parser's types say.
      if (name === undefined) return fail(malformedPost())
      size += Buffer.byteLength(name) + Buffer.byteLength(value)
      if (nameCut || valueCut || size > MAX_BEFORE_FILE) return fail(tooMuchBefore())
      const lower = name.toLowerCase()
      if (!file && !fields.has(lower)) fields.set(lower, { name, value })
    })
    parser.on('file', (_, stream, filename) => {
      file = stream
      // Who reads it hears of it; who does not, need not.
      stream.on('error', () => {})
      resolve({ fields, file: chunksOf(stream), filename: (filename ?? '').split(/[/\\]/).at(-1)! })
    })
    parser.on('fieldsLimit', () => fail(tooMuchBefore()))
    parser.on('error', () => fail(malformedPost()))
    parser.on('finish', () => {
      if (!file) fail(oneFile(0))
    })
    body.on('error', () => fail(malformedPost()))
    body.on('close', () => {
      if (!body.readableEnded) fail(malformedPost())
    })
    body.pipe(parser)
  })
}

/** A form that ends within its file breaks the stream by words of the parser's. */
async function* chunksOf(stream: Readable): AsyncGenerator<Uint8Array> {
  try {
    yield* stream as AsyncIterable<Uint8Array>
  } catch (error) {
    throw error instanceof AwsError ? error : malformedPost()
  }
}

function parserOf({ headers }: HttpRequest) {
  try {
    return Busboy({
      headers: { 'content-type': headers.get('content-type') ?? '' },
      isPartAFile: (name) => name?.toLowerCase() === 'file',
      limits: {
        fields: MAX_FIELDS,
        fieldNameSize: 1024,
        fieldSize: MAX_BEFORE_FILE,
        files: 1,
        headerPairs: 20,
        headerSize: 8192,
      },
    })
  } catch {
    throw malformedPost()
  }
}

export const malformedPost = () =>
  new AwsError('MalformedPOSTRequest', 'The body of your POST request is not well-formed multipart/form-data.', 400)

const tooMuchBefore = () =>
  new AwsError(
    'MaxPostPreDataLengthExceeded',
    'Your POST request fields preceding the upload file were too large.',
    400,
    { MaxPostPreDataLengthBytes: String(MAX_BEFORE_FILE) },
  )

const oneFile = (count: number) =>
  new AwsError('InvalidArgument', 'POST requires exactly one file upload per request.', 400, {
    ArgumentName: 'file',
    ArgumentValue: String(count),
  })
