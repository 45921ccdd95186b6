import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, describe, test } from 'node:test'
import { openEngine, socketsOf } from '../../src/runners/docker/engine.ts'
import { imageUser } from '../../src/runners/docker/image-user.ts'
import { hostRoot, mountsOf } from '../../src/runners/docker/mounts.ts'
import { namespaceOf } from '../../src/runners/docker/network.ts'
import { containerLines } from '../../src/runners/docker/output.ts'
import { reapContainers } from '../../src/runners/docker/reap.ts'
import { recordContainer } from '../../src/runners/docker/records.ts'
import { RunnerError } from '../../src/runners/runner.ts'
import { newDataFolder } from './programs.ts'

describe('where an engine is looked for', () => {
  const cases = [
    { name: 'podman', env: {}, first: '/run/podman/podman.sock' },
    { name: 'podman', env: { XDG_RUNTIME_DIR: '/run/user/7' }, first: '/run/user/7/podman/podman.sock' },
    { name: 'podman', env: { CONTAINER_HOST: 'unix:///a', DOCKER_HOST: 'unix:///b' }, first: '/a' },
    { name: 'podman', env: { DOCKER_HOST: 'unix:///b' }, first: '/b' },
    { name: 'docker', env: {}, first: '/var/run/docker.sock' },
    { name: 'docker', env: { CONTAINER_HOST: 'unix:///a', DOCKER_HOST: 'unix:///b' }, first: '/b' },
  ] as const
  for (const { name, env, first } of cases)
    test(`${name}, ${JSON.stringify(env)}`, () => assert.equal(socketsOf(name, env)[0], first))

  test('one on another machine is refused, and one that is not there', async () => {
    assert.throws(() => socketsOf('docker', { DOCKER_HOST: 'tcp://10.0.0.1:2375' }), RunnerError)
    await assert.rejects(
      openEngine('podman', ['/nowhere/podman.sock']),
      /there is no socket of podman .*podman system service/,
    )
  })
})

describe('what an engine mounts', () => {
  const root = {
    folders: ['etc', 'home', 'opt', 'proc', 'usr'],
    links: [],
    mounts: ['/usr/local', '/usr/secret/one', '/proc/sys', '/home/me'],
  }
  const places = (layout: Parameters<typeof mountsOf>[0], rootless = false) => {
    const { Mounts, Tmpfs } = mountsOf(layout, { name: 'podman', rootless }, root)
    return {
      binds: Mounts.map(({ Source, Target, ReadOnly }) => `${Source} ${Target} ${ReadOnly ? 'ro' : 'rw'}`),
      empty: Object.keys(Tmpfs),
    }
  }

  test('the folders of the machine, but for those that are hidden, sealed or made anew', () =>
    assert.deepEqual(
      places([
        { kind: 'root', from: '/', writable: false },
        { kind: 'empty', to: '/opt' },
        { kind: 'empty', to: '/home' },
        { kind: 'empty', to: '/usr/secret' },
        { kind: 'bind', from: '/data/ml', to: '/opt/ml', writable: true },
        { kind: 'seal', to: '/opt' },
      ]),
      { binds: ['/etc /etc ro', '/usr /usr ro', '/data/ml /opt/ml rw'], empty: ['/home', '/usr/secret'] },
    ))

  test('without root the mounts below them are named, so that they are read-only as well', () =>
    assert.deepEqual(
      places(
        [
          { kind: 'root', from: '/', writable: false },
          { kind: 'empty', to: '/home' },
          { kind: 'empty', to: '/usr/secret' },
        ],
        true,
      ).binds,
      ['/etc /etc ro', '/opt /opt ro', '/usr /usr ro', '/usr/local /usr/local ro'],
    ))

  test('of two for one place the later', () =>
    assert.deepEqual(
      places([
        { kind: 'bind', from: '/a', to: '/x', writable: true },
        { kind: 'bind', from: '/b', to: '/x', writable: false },
      ]).binds,
      ['/b /x ro'],
    ))

  test('folders and links right below the root are told apart', () => {
    const folder = newDataFolder()
    mkdirSync(join(folder, 'usr'))
    symlinkSync('usr/bin', join(folder, 'bin'))
    assert.deepEqual(hostRoot(folder), {
      folders: ['usr'],
      links: [{ name: 'bin', target: 'usr/bin' }],
      mounts: [],
    })
  })
})

describe('the frames of a container’s output', () => {
  const frame = (stream: number, text: string) => {
    const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0])
    header.writeUInt32BE(Buffer.byteLength(text), 4)
    return Buffer.concat([header, Buffer.from(text)])
  }
  const all = Buffer.concat([
    frame(1, 'one\ntw'),
    frame(2, 'a warn'),
    frame(1, 'o\n'),
    frame(2, 'ing\n'),
    frame(1, 'end'),
  ])

  for (const size of [1, 7, 1000])
    test(`are put together, however they are cut (${size} bytes at once)`, async () => {
      const chunks = Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
        all.subarray(index * size, (index + 1) * size),
      )
      const lines = await Array.fromAsync(containerLines(Readable.from(chunks), () => 7))
      const texts = lines.map(({ text }) => text)
      assert.deepEqual(
        texts.filter((text) => text !== 'a warning'),
        ['one', 'two', 'end'],
      )
      assert.equal(texts.length, 4)
    })

  test('an engine that breaks off is an error', async () => {
    const broken = async function* () {
      yield frame(1, 'one\n')
      throw new Error('gone')
    }
    await assert.rejects(Array.fromAsync(containerLines(broken(), () => 7)), /gone/)
  })
})

describe('the user of an image', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sallyport-image-'))
  after(() => rmSync(directory, { recursive: true }))
  mkdirSync(join(directory, 'etc'))
  symlinkSync('/etc/passwd', join(directory, 'etc/passwd'))
  const cases = [
    { User: undefined, owner: undefined },
    { User: '7', owner: { uid: 7, gid: 0 } },
    { User: '7:8', owner: { uid: 7, gid: 8 } },
    // It is no file of the image.
    { User: 'daemon', owner: undefined },
  ]
  for (const { User, owner } of cases)
    test(String(User), () =>
      assert.deepEqual(imageUser({ config: User === undefined ? {} : { User }, directory, rootfs: 'image' }), owner),
    )
})

test('the namespace that is joined is the one that would be entered', () => {
  assert.equal(namespaceOf(['nsenter', '--net=/proc/7/ns/net', '--']), '/proc/7/ns/net')
  assert.throws(() => namespaceOf(['nsenter', '--user=/proc/7/ns/user', '--net=/proc/7/ns/net', '--']), RunnerError)
  assert.throws(() => namespaceOf(['ip', 'netns', 'exec', 'x']), RunnerError)
})

test('a note stays while its engine cannot be asked', async () => {
  const folder = newDataFolder()
  const { forget } = recordContainer(folder, 'a/b', '/nowhere/docker.sock')
  assert.equal(await reapContainers(folder), 0)
  assert.equal(readdirSync(folder).length, 1)
  forget()
  assert.ok(existsSync(folder))
  assert.deepEqual(readdirSync(folder), [])
})
