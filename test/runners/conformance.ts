/** What every way of running programs has to do, as cases; each names what it needs of the way. */
import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Runner, RunSpec } from '../../src/runners/runner.ts'
import { newDataFolder } from './programs.ts'
import type { Ran } from './programs.ts'

/** One way of running programs. */
export interface Way {
  name: string
  runner: Runner
  /** Programs are kept apart from the machine. */
  sandbox: boolean
  /** Both streams come through one pipe; engines have one for each. */
  onePipe: boolean
  /** Images may bring an operating system. */
  ownRoot: boolean
  /** It knows users of images by name. */
  names: boolean
  /** Memory, processors and processes are limited together, not for each process. */
  limits: boolean
  /** Variables that it adds of its own. */
  variables: readonly string[]
}

export interface ProgramCase {
  title: string
  needs?: (way: Way) => boolean
  /** `DATA` stands for the folder that programs must not see. */
  script: string
  spec?: Partial<RunSpec> | (() => Partial<RunSpec>)
  /** What it prints, and how it ends; absent: with 0. */
  lines?: readonly string[]
  exit?: Ran['exit']
  check?: (ran: Ran, way: Way) => void
}

const sh = '#!/bin/sh\n'
const sandbox = (way: Way) => way.sandbox

/** Programs that run by themselves. */
export const programs: readonly ProgramCase[] = [
  {
    title: 'it gets its argument, and its exit code is told',
    script: `${sh}echo "$@"; exit 3\n`,
    lines: ['train'],
    exit: { code: 3 },
  },
  {
    title: 'its output comes in the order in which it was written',
    script: `${sh}for i in 1 2 3 4 5; do echo out $i; done; echo again > /dev/stdout\n`,
    lines: [...[1, 2, 3, 4, 5].map((i) => `out ${i}`), 'again'],
  },
  {
    title: 'its output and errors come in the order in which they were written',
    needs: (way) => way.onePipe,
    script: `${sh}for i in 1 2 3 4 5; do echo out $i; echo err $i >&2; done\n`,
    lines: [1, 2, 3, 4, 5].flatMap((i) => [`out ${i}`, `err ${i}`]),
  },
  {
    title: 'its errors come as well, and nothing is lost of much',
    script: `${sh}seq 1 5000; seq 1 5000 >&2; printf 'no end'\n`,
    check({ lines }) {
      const count = (text: string) => lines.filter((line) => line === text).length
      assert.equal(lines.length, 10_001)
      for (const text of ['1', '777', '5000']) assert.equal(count(text), 2)
      assert.equal(count('no end'), 1)
    },
  },
  {
    title: 'it finds nothing of the server’s in its environment',
    script: `${sh}env\n`,
    spec: { env: { GIVEN: "it's\ntwo lines", LD_PRELOAD: '' } },
    check({ lines }, way) {
      const names = lines.filter((line) => line.includes('=')).map((line) => line.split('=')[0] ?? '')
      const known = ['GIVEN', 'HOME', 'HOSTNAME', 'LD_PRELOAD', 'PATH', 'PWD', ...way.variables]
      const ofShells = ['_', 'SHLVL', 'OLDPWD']
      assert.deepEqual(new Set(names.filter((name) => !ofShells.includes(name))), new Set(known))
      assert.ok(lines.join('\n').includes("GIVEN=it's\ntwo lines"))
    },
  },
  {
    title: 'it sees the host read-only, and /opt/ml to write',
    needs: sandbox,
    script: `${sh}for path in /etc /usr /opt /opt/program /; do touch $path/sallyport-test 2>/dev/null && echo wrote to $path; done
for path in /tmp /root /opt/ml/model; do touch $path/sallyport-test || echo could not write to $path; done
pwd; ls /opt/ml\n`,
    lines: ['/opt/program', 'input', 'model'],
    check({ spec }) {
      assert.ok(existsSync(join(spec.ml, 'model/sallyport-test')))
      assert.ok(!existsSync('/tmp/sallyport-test'))
    },
  },
  {
    title: 'the data folder, homes and run-time sockets are hidden from it',
    needs: sandbox,
    script: `${sh}cat DATA/credentials 2>/dev/null; ls DATA 2>/dev/null
ls -A /root /home /run /tmp | grep -v : | grep .\nls /proc | grep -c '^[0-9]'\n`,
    check({ lines }) {
      const visible = lines.slice(0, -1)
      // What engines and bubblewrap mount into /run themselves.
      assert.deepEqual(
        visible.filter((line) => !['systemd', '.containerenv', 'secrets'].includes(line)),
        [],
      )
      assert.ok(Number(lines.at(-1)) < 10, 'only its own processes')
    },
  },
  {
    title: 'it has no rights',
    needs: sandbox,
    script: `${sh}grep -E "^(CapEff|CapBnd|NoNewPrivs)" /proc/self/status
mount -t tmpfs x /tmp 2>/dev/null && echo mounted\nhostname\n`,
    lines: ['CapEff:\t0000000000000000', 'CapBnd:\t0000000000000000', 'NoNewPrivs:\t1', 'algo-1'],
  },
  {
    title: 'without a network there is no way out',
    needs: sandbox,
    script: `${sh}wc -l < /proc/net/route; ls /sys/class/net >/dev/null; grep -c : /proc/net/dev\n`,
    spec: { network: 'none' },
    check({ lines }) {
      assert.deepEqual(lines.map(Number), [1, 1], 'only the heading of the routes, only the loopback interface')
    },
  },
  {
    title: 'no library of the program’s runs outside',
    needs: sandbox,
    script: `${sh}echo ran\n`,
    spec: { env: { LD_PRELOAD: '/opt/ml/model/evil.so' } },
    check({ lines }) {
      const complaints = lines.filter((line) => line.includes('evil.so'))
      assert.ok(complaints.every((line) => line.includes("'/opt/ml/model/evil.so'")))
      assert.ok(lines.includes('ran'))
    },
  },
  {
    title: 'daemons end with it',
    needs: sandbox,
    script: `${sh}setsid sleep 1000 &\necho done\n`,
    lines: ['done'],
  },
  {
    title: 'it sees what it is given, to read or to write',
    needs: sandbox,
    script: `${sh}cat /etc/hosts; touch /etc/hosts 2>/dev/null && echo wrote\nls /opt/ml/input/data; touch /opt/ml/checkpoints/it\n`,
    spec() {
      const folder = newDataFolder()
      writeFileSync(join(folder, 'hosts'), 'given\n')
      for (const name of ['data', 'checkpoints']) mkdirSync(join(folder, name))
      chmodSync(join(folder, 'checkpoints'), 0o777)
      writeFileSync(join(folder, 'data/train.csv'), '')
      return {
        mounts: [
          { from: join(folder, 'hosts'), to: '/etc/hosts' },
          { from: join(folder, 'data'), to: '/opt/ml/input/data' },
          { from: join(folder, 'checkpoints'), to: '/opt/ml/checkpoints', writable: true },
        ],
      }
    },
    lines: ['given', 'train.csv'],
  },
  {
    title: 'it may open no more files than it is allowed',
    needs: sandbox,
    script: `${sh}ulimit -n\n`,
    spec: { limits: { openFiles: 64 } },
    lines: ['64'],
  },
  {
    title: 'it is killed when it takes more memory than there is',
    needs: (way) => way.limits,
    script: `${sh}exec python3 -c 'import sys\nprint("began", flush=True)\nx = bytearray(400 << 20)\nprint("had it")'\n`,
    spec: { limits: { memoryBytes: 128 << 20 } },
    lines: ['began'],
    exit: { code: 137, signal: 'SIGKILL' },
  },
  {
    title: 'all that it starts share its memory',
    needs: (way) => way.limits,
    script: `#!/usr/bin/env python3
import os, time
def take():
    memory = bytearray(60 << 20)
    time.sleep(100)
children = [os.fork() or take() for _ in range(4)]
first, status = os.wait()
print("killed by", os.WTERMSIG(status))
for one in children:
    if one != first: os.kill(one, 9)
`,
    spec: { limits: { memoryBytes: 160 << 20 } },
    lines: ['killed by 9'],
  },
  {
    title: 'it gets no more of the processors than its share',
    needs: (way) => way.limits,
    script: `${sh}exec python3 -c 'import time\nend = time.monotonic() + 0.5\nwhile time.monotonic() < end: pass\nprint(time.process_time())'\n`,
    spec: { limits: { cpus: 0.2 } },
    check({ lines }) {
      assert.ok(Number(lines[0]) < 0.3, `it had ${lines[0]} s of 0.5 s`)
    },
  },
  {
    title: 'it may start no more processes than it is allowed',
    needs: (way) => way.limits,
    script: `${sh}for i in $(seq 40); do sleep 1 & done 2>/dev/null || echo no more; wait\n`,
    spec: { limits: { processes: 16 } },
    check({ lines, exit }) {
      assert.ok(exit.code !== 0 || lines.some((line) => /no more|[Cc]annot fork/.test(line)), lines.join())
    },
  },
]
