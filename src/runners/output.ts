import { execFile } from 'node:child_process'
import { constants, openSync } from 'node:fs'
import { unlink } from 'node:fs/promises'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { toolPath } from './isolation.ts'

/**
 * A pipe for a program's standard output and error together: one pipe keeps their order.
 * Node's own pipes are sockets, which programs cannot open again as /dev/stdout; hence a named pipe, whose name is gone
 * before anything runs. `write` is a file descriptor that the caller closes once the program has it.
 */
export async function outputPipe(folder: string): Promise<{ read: Socket; write: number }> {
  const path = join(folder, 'output')
  await promisify(execFile)(toolPath('mkfifo') ?? 'mkfifo', ['-m', '666', path])
  const reading = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const write = openSync(path, constants.O_WRONLY)
  await unlink(path)
  return { read: new Socket({ fd: reading, readable: true, writable: false }), write }
}
