import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { describe, it } from 'node:test'
import { root } from '../clients/command.ts'

/**
 * The same tests as an ordinary user: in a user namespace where this user has no rights and is called 1000, so that it
 * needs one of its own. A server that is root would otherwise be all that is tried.
 */
const chosen: Readonly<Record<string, string>> = {
  'filter.test.ts': 'reach another interface|cut at once|arrive at an endpoint|find names',
  'escape.test.ts': 'source address|second address|raw socket|loopback|namespace of the machine|sockets in the file',
  'exec.test.ts': 'passes output|passes signals|runs the AWS CLI|fetch|leaves nothing',
}

describe('without the rights of root', () => {
  for (const [file, pattern] of Object.entries(chosen))
    it(file, async () => {
      const { code, output } = await asOrdinaryUser(process.execPath, [
        '--test',
        '--test-reporter=tap',
        `--test-name-pattern=${pattern}`,
        `${root}/test/fabric/${file}`,
      ])
      assert.equal(code, 0, output)
      const passed = Number(/^# pass (\d+)$/m.exec(output)?.[1])
      assert.equal(passed, pattern.split('|').length, output)
    })
})

function asOrdinaryUser(command: string, args: readonly string[]): Promise<{ code: number; output: string }> {
  const user = ['--user', '--map-user=1000', '--map-group=1000', '--']
  const child = spawn('unshare', [...user, command, ...args], {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code: code ?? -1, output }))
  })
}
