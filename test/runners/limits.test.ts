import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { limitFiles, missingLimits, ownGroups } from '../../src/runners/cgroups.ts'
import type { Controller } from '../../src/runners/cgroups.ts'
import { planRun } from '../../src/runners/plan.ts'
import { specOf } from './programs.ts'

describe('control groups: where this process is', () => {
  const cases = [
    {
      title: 'version 2',
      groups: '0::/system.slice/sallyport.service\n',
      mounts: '30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n',
      found: { unified: '/sys/fs/cgroup/system.slice/sallyport.service' },
    },
    {
      title: 'version 1, with two controllers at one place',
      groups: '5:memory:/user/a\n4:cpu,cpuacct:/\n3:pids:/x\n1:name=systemd:/s\n',
      mounts:
        '33 32 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n' +
        '34 32 0:31 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n' +
        '35 32 0:32 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd\n',
      found: {
        memory: { version: 1, folder: '/sys/fs/cgroup/memory/user/a' },
        cpu: { version: 1, folder: '/sys/fs/cgroup/cpu,cpuacct' },
      },
    },
    {
      title: 'in a container that sees its own part only',
      groups: '5:memory:/docker/abc/inner\n0::/\n',
      mounts:
        '33 32 0:30 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n' +
        '30 24 0:26 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n',
      found: { memory: { version: 1, folder: '/sys/fs/cgroup/memory/inner' }, unified: '/sys/fs/cgroup/unified' },
    },
    { title: 'nowhere', groups: '', mounts: '', found: {} },
  ]
  for (const { title, groups, mounts, found } of cases)
    test(title, () => assert.deepEqual(ownGroups(groups, mounts), found))
})

describe('control groups: what is written', () => {
  const limits = { memoryBytes: 8 * 2 ** 30, cpus: 1.5, processes: 64 }
  const cases: [1 | 2, Controller, string[]][] = [
    [2, 'memory', ['memory.max=8589934592', 'memory.swap.max=0']],
    [1, 'memory', ['memory.limit_in_bytes=8589934592', 'memory.memsw.limit_in_bytes=8589934592']],
    [2, 'cpu', ['cpu.max=150000 100000']],
    [1, 'cpu', ['cpu.cfs_period_us=100000', 'cpu.cfs_quota_us=150000']],
    [2, 'pids', ['pids.max=64']],
  ]
  for (const [version, controller, files] of cases)
    test(`version ${version}, ${controller}`, () => {
      assert.deepEqual(
        limitFiles(version, controller, limits).map(({ name, value }) => `${name}=${value}`),
        files,
      )
      assert.deepEqual(limitFiles(version, controller, {}), [])
    })
})

test('where there are no control groups, it is said, and each process is limited', async () => {
  assert.equal(missingLimits({}).length, 2)
  assert.deepEqual(missingLimits({ memory: { version: 2, folder: '/' }, cpu: { version: 2, folder: '/' } }), [])
  const { command } = await planRun(specOf('', { limits: { memoryBytes: 1000, processes: 5 } }), 'none', '/')
  assert.deepEqual(command.slice(1), ['--data=1000', '--nproc=5', '--', './train', 'train'])
})
