import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { probeIsolation } from '../../src/runners/isolation.ts'
import { processInfo } from '../../src/runners/proc.ts'
import { runnerWith } from '../../src/runners/process.ts'
import { recordRun, reapRuns } from '../../src/runners/records.ts'
import { RunnerError } from '../../src/runners/runner.ts'
import type { Isolation, RunSpec, Running } from '../../src/runners/runner.ts'

const best = await probeIsolation()

/** A folder like the server's data folder: nobody else's business. */
function newDataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-run-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** What a program of this text needs to run. */
function specOf(text: string, more: Partial<RunSpec> = {}): RunSpec {
  const data = newDataFolder()
  const directory = join(data, 'job/image')
  const program = join(directory, 'opt/program')
  const ml = join(data, 'job/ml')
  mkdirSync(program, { recursive: true })
  for (const folder of ['model', 'input']) mkdirSync(join(ml, folder), { recursive: true })
  writeFileSync(join(data, 'credentials'), 'secret')
  writeFileSync(join(program, 'train'), text)
  chmodSync(join(program, 'train'), 0o755)
  return {
    name: 'job',
    image: { config: { Entrypoint: ['./train'] }, directory, rootfs: 'host' },
    arguments: ['train'],
    ml,
    env: {},
    network: 'host',
    hide: [data],
    records: join(data, 'running'),
    ...more,
  }
}

async function outputOf(running: Running): Promise<string[]> {
  const lines: string[] = []
  for await (const { text } of running.output) lines.push(text)
  return lines
}

/** Reads until a line is said; the rest stays to be read. */
async function until(running: Running, line: string): Promise<AsyncIterator<{ text: string }>> {
  const lines = running.output[Symbol.asyncIterator]()
  for (;;) {
    const next = await lines.next()
    assert.ok(!next.done, `never said ${line}`)
    if (next.value.text === line) return lines
  }
}

const sandboxes: Isolation['tool'][] =
  best.tool === 'bubblewrap' ? ['bubblewrap', 'unshare'] : best.tool === 'unshare' ? ['unshare'] : []

for (const tool of [...sandboxes, 'none'] as const) {
  const isolation: Isolation =
    tool === 'none'
      ? { tool, isolates: { filesystem: false, processes: false, network: false, user: false }, missing: [] }
      : { ...best, tool }
  const runner = runnerWith(() => Promise.resolve(isolation))

  async function run(text: string, more: Partial<RunSpec> = {}) {
    const running = await runner.start(specOf(text, more))
    return { lines: await outputOf(running), exit: await running.exit }
  }

  describe(`a program (${tool})`, () => {
    test('gets its argument, and its exit code is told', async () => {
      const { lines, exit } = await run('#!/bin/sh\necho "$@"; exit 3\n')
      assert.deepEqual(lines, ['train'])
      assert.deepEqual(exit, { code: 3 })
    })

    test('has its output and errors in the order in which they were written', async () => {
      const text = '#!/bin/sh\nfor i in 1 2 3 4 5; do echo out $i; echo err $i >&2; done; echo again > /dev/stdout\n'
      const expected = [1, 2, 3, 4, 5].flatMap((i) => [`out ${i}`, `err ${i}`])
      assert.deepEqual((await run(text)).lines, [...expected, 'again'])
    })

    test('finds nothing of the server’s in its environment', async () => {
      process.env['SALLYPORT_TEST_SECRET'] = 'x'
      const { lines } = await run('#!/bin/sh\nenv\n', { env: { GIVEN: "it's\ntwo lines", LD_PRELOAD: '' } })
      delete process.env['SALLYPORT_TEST_SECRET']
      const names = lines.filter((line) => line.includes('=')).map((line) => line.split('=')[0])
      const known = [
        'GIVEN',
        'HOME',
        'HOSTNAME',
        'LD_PRELOAD',
        'PATH',
        'PWD',
        ...(tool === 'none' ? ['SAGEMAKER_BASE_DIR'] : []),
      ]
      const ofShells = ['_', 'SHLVL', 'OLDPWD']
      assert.deepEqual(new Set(names.filter((name) => !ofShells.includes(name ?? ''))), new Set(known))
      assert.ok(lines.join('\n').includes("GIVEN=it's\ntwo lines"))
    })

    test('may save what it has on SIGTERM', async () => {
      const running = await runner.start(
        specOf('#!/bin/sh\ntrap "echo saved; exit 7" TERM\necho ready\nwhile :; do sleep 0.02; done\n'),
      )
      const rest = await until(running, 'ready')
      assert.deepEqual(await running.stop(60), { code: 7 })
      assert.equal((await rest.next()).value?.text, 'saved')
    })

    test('that does not care for SIGTERM is ended by it', async () => {
      const running = await runner.start(specOf('#!/bin/sh\necho ready\nexec sleep 1000\n'))
      await until(running, 'ready')
      assert.deepEqual(await running.stop(60), { code: 143, signal: 'SIGTERM' })
    })

    test('that ignores SIGTERM is killed with all its children', async () => {
      const text =
        '#!/bin/sh\ntrap "" TERM\nsleep 1000 &\n(sleep 1000 & wait) &\necho ready\nwhile :; do sleep 0.02; done\n'
      const spec = specOf(text)
      const running = await runner.start(spec)
      const rest = await until(running, 'ready')
      assert.deepEqual(await running.stop(0.05), { code: 137, signal: 'SIGKILL' })
      // The pipe ends only when the last process that could write to it is gone.
      assert.equal((await rest.next()).done, true)
      assert.deepEqual(readdirSync(spec.records), [])
    })

    test('is found and ended after a crash of the server', async () => {
      const spec = specOf('#!/bin/sh\necho ready\nexec sleep 1000\n')
      const running = await runner.start(spec)
      await until(running, 'ready')
      assert.equal(readdirSync(spec.records).length, 1)
      assert.equal(await runner.reap(spec.records), 1)
      assert.equal((await running.exit).signal, 'SIGKILL')
    })
  })
}

for (const tool of sandboxes) {
  const runner = runnerWith(() => Promise.resolve({ ...best, tool }))

  describe(`the sandbox (${tool})`, () => {
    async function run(text: string, more: Partial<RunSpec> = {}) {
      const spec = specOf(text, more)
      const running = await runner.start(spec)
      return { spec, lines: await outputOf(running), exit: await running.exit }
    }

    test('shows the host read-only, and /opt/ml to write', async () => {
      const text = `#!/bin/sh
for path in /etc /usr /opt /opt/program /; do touch $path/sallyport-test 2>/dev/null && echo wrote to $path; done
for path in /tmp /root /opt/ml/model; do touch $path/sallyport-test || echo could not write to $path; done
pwd; ls /opt/ml\n`
      const { lines, spec } = await run(text)
      assert.deepEqual(lines, ['/opt/program', 'input', 'model'])
      assert.ok(existsSync(join(spec.ml, 'model/sallyport-test')))
      assert.ok(!existsSync('/tmp/sallyport-test'))
    })

    test('hides the data folder, homes and run-time sockets', async () => {
      const spec = specOf('')
      const data = join(spec.ml, '../..')
      writeFileSync(
        join(spec.image.directory, 'opt/program/train'),
        `#!/bin/sh\ncat ${data}/credentials 2>/dev/null; ls ${data} 2>/dev/null; ls -A /root /home /run /tmp | grep -v : | grep .\nls /proc | grep -c '^[0-9]'\n`,
      )
      const running = await runner.start(spec)
      const lines = await outputOf(running)
      const visible = lines.filter((line) => !/^\d+$/.test(line))
      assert.ok(
        visible.every((line) => line === 'systemd'),
        visible.join(),
      )
      assert.ok(Number(lines.at(-1)) < 10, 'only its own processes')
    })

    test('leaves no rights', async () => {
      const { lines } = await run(
        '#!/bin/sh\ngrep -E "^(CapEff|CapBnd|NoNewPrivs)" /proc/self/status\nmount -t tmpfs x /tmp 2>/dev/null && echo mounted\nhostname\n',
      )
      assert.deepEqual(lines, ['CapEff:\t0000000000000000', 'CapBnd:\t0000000000000000', 'NoNewPrivs:\t1', 'algo-1'])
    })

    test('without a network there is no way out', async () => {
      const { lines } = await run(
        '#!/bin/sh\nwc -l < /proc/net/route; ls /sys/class/net >/dev/null; grep -c : /proc/net/dev\n',
        { network: 'none' },
      )
      assert.deepEqual(lines.map(Number), [1, 1], 'only the heading of the routes, only the loopback interface')
    })

    test('runs no library of the program’s outside', async () => {
      const { exit, lines } = await run('#!/bin/sh\necho ran\n', { env: { LD_PRELOAD: '/opt/ml/model/evil.so' } })
      assert.equal(exit.code, 0)
      const complaints = lines.filter((line) => line.includes('evil.so'))
      assert.ok(complaints.every((line) => line.includes("'/opt/ml/model/evil.so'")))
      assert.equal(lines.at(-1), 'ran')
    })

    test('ends daemons with the program', async () => {
      const { lines, exit } = await run('#!/bin/sh\nsetsid sleep 1000 &\necho done\n')
      assert.deepEqual([lines, exit], [['done'], { code: 0 }])
    })

    test('mounts what it is given', async () => {
      const folder = newDataFolder()
      writeFileSync(join(folder, 'hosts'), 'given')
      const { lines } = await run('#!/bin/sh\ncat /etc/hosts; touch /etc/hosts 2>/dev/null && echo wrote\n', {
        mounts: [{ from: join(folder, 'hosts'), to: '/etc/hosts' }],
      })
      assert.deepEqual(lines, ['given'])
    })

    test('keeps to its limits', async () => {
      const { lines } = await run('#!/bin/sh\nulimit -n; ulimit -v\n', {
        limits: { openFiles: 64, memoryBytes: 2 ** 30 },
      })
      assert.deepEqual(lines, ['64', String(2 ** 20)])
    })
  })
}

test(
  'an image’s own root file system is the program’s root',
  { skip: best.tool !== 'bubblewrap' && 'needs bubblewrap' },
  async () => {
    const runner = runnerWith(() => Promise.resolve(best))
    const spec = specOf('')
    const directory = join(spec.ml, '../root')
    const image = await runner.prepare(
      { config: { config: { Entrypoint: ['/lib/ld', '/bin/true'] } }, layers: [] },
      directory,
    )
    assert.deepEqual(readdirSync(directory).toSorted(), ['dev', 'etc', 'opt', 'proc', 'tmp'])
    const busybox = ['/bin/busybox', '/usr/bin/busybox'].find((path) => existsSync(path))
    if (!busybox) return
    writeFileSync(join(directory, 'sh'), readFileSync(busybox), { mode: 0o755 })
    const running = await runner.start({
      ...spec,
      image,
      entrypoint: ['/sh', 'sh', '-c', 'echo /*; cat /etc/hosts'],
      arguments: [],
      network: 'none',
    })
    const lines = await outputOf(running)
    assert.equal(lines[0], '/dev /etc /opt /proc /sh /tmp')
    assert.equal(lines[1], '127.0.0.1\tlocalhost')
  },
)

test('without a sandbox, what it should keep is refused', async () => {
  const runner = runnerWith(() =>
    Promise.resolve({ ...best, tool: 'none', isolates: { ...best.isolates, user: false } }),
  )
  await assert.rejects(runner.start(specOf('', { network: 'none' })), RunnerError)
  await assert.rejects(runner.start(specOf('', { enter: ['true'] })), RunnerError)
  const spec = specOf('')
  await assert.rejects(runner.start({ ...spec, image: { ...spec.image, rootfs: 'image' } }), RunnerError)
  await assert.rejects(runner.start({ ...spec, image: { ...spec.image, config: {} }, arguments: [] }), /no entrypoint/)
})

test('a process that took the number of another is not killed', async () => {
  const records = newDataFolder()
  const child = spawn('sleep', ['1000'])
  await new Promise((resolve) => child.once('spawn', resolve))
  const pid = child.pid ?? assert.fail('no child')
  recordRun(records, 'a/b', [pid], '/nowhere')
  const [name] = readdirSync(records)
  const path = join(records, name ?? '')
  const record = JSON.parse(readFileSync(path, 'utf8'))
  record.processes[0].startTime -= 1
  writeFileSync(path, JSON.stringify(record))
  assert.deepEqual(reapRuns(records), { killed: 0, stages: ['/nowhere'] })
  await delay(20)
  assert.ok(processInfo(pid))
  recordRun(records, 'a/b', [pid], '/nowhere')
  assert.deepEqual(reapRuns(records), { killed: 1, stages: ['/nowhere'] })
  await new Promise((resolve) => child.once('exit', resolve))
  assert.equal(processInfo(pid), undefined)
})
