import { connect } from './client.ts'
import { exitCode } from './exit-code.ts'
import { imagePush } from './image-push.ts'

interface Options {
  entrypoint?: string
  format: 'pretty' | 'json'
}

/** `image push DIR IMAGE_URI`: progress on stderr, the pushed image on stdout. */
export async function push(dir: string, imageUri: string, { entrypoint, format }: Options): Promise<number> {
  const client = connect()
  const pushed = await imagePush({
    dir,
    imageUri,
    ...(entrypoint ? { entrypoint } : {}),
    call: (service, operation, input) => client.call(service, operation, input),
    progress: (text) => process.stderr.write(`${text}\n`),
  })
  process.stdout.write(format === 'json' ? `${JSON.stringify(pushed)}\n` : `${pushed.imageUri}@${pushed.digest}\n`)
  return exitCode.ok
}
