/** A guest's files in the sandboxes that programs run in. */
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { openAuthority } from '../../src/fabric/authority.ts'
import { guestFiles } from '../../src/fabric/guest-files.ts'
import { probeIsolation } from '../../src/runners/isolation.ts'
import { runnerWith } from '../../src/runners/process.ts'
import type { Isolation } from '../../src/runners/runner.ts'
import { JOB, smallNetwork } from './network.ts'

const folder = mkdtempSync(join(tmpdir(), 'sallyport-'))
after(() => rmSync(folder, { recursive: true }))
const authority = openAuthority(folder)
const best = await probeIsolation()
const tools: Isolation['tool'][] = best.tool === 'bubblewrap' ? ['bubblewrap', 'unshare'] : [best.tool]

for (const tool of tools)
  describe(`in ${tool}`, () => {
    it('a program reads them in place of the machine’s', async () => {
      const { mounts, env } = await guestFiles(smallNetwork(), JOB, authority, join(folder, `files-${tool}`))
      const directory = join(folder, tool)
      mkdirSync(join(directory, 'opt/program'), { recursive: true })
      mkdirSync(join(directory, 'ml'))
      const program = join(directory, 'opt/program/train')
      const lines = ['#!/bin/sh', 'grep ^nameserver /etc/resolv.conf', 'grep ^hosts: /etc/nsswitch.conf']
      const last =
        'tail -n 20 "$NODE_EXTRA_CA_CERTS" | grep -c Sallyport; ls -A /run/user /run/dbus 2>/dev/null | grep -v :'
      writeFileSync(program, [...lines, 'head -n 1 /etc/hosts', last, 'exit 0', ''].join('\n'))
      chmodSync(program, 0o755)
      const running = await runnerWith(() => Promise.resolve({ ...best, tool })).start({
        name: tool,
        image: { config: { Entrypoint: ['./train'] }, directory, rootfs: 'host' },
        arguments: [],
        ml: join(directory, 'ml'),
        env,
        network: 'host',
        mounts,
        hide: [],
        records: join(folder, 'running'),
      })
      const output: string[] = []
      for await (const { text } of running.output) if (text !== '') output.push(text)
      assert.deepEqual(output, ['nameserver 10.0.0.2', 'hosts: files dns', '127.0.0.1\tlocalhost', '1'])
      assert.deepEqual(await running.exit, { code: 0 })
    })
  })
