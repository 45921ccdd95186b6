/**
 * Runs several programs at once where it is itself: `place.ts JSON`, a list of argument lists. Prints what became of each, as
 * JSON, in their order.
 */
import { spawn } from 'node:child_process'

const commands = JSON.parse(process.argv[2]!) as string[][]

async function run([tool = '', ...args]: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawn(tool, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: -1, stdout, stderr: error.message }))
    child.once('close', (code) => resolve({ code: code ?? -1, stdout, stderr }))
  })
}

process.stdout.write(JSON.stringify(await Promise.all(commands.map(run))))
