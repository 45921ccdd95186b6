import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { arch, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { installCompiler } from '../../src/jobs/compilation/compiler.ts'
import { openCompilationLab, type CompilationLab } from './lab.ts'

/** The compiler is downloaded once (about 190 MB), and each of these really compiles: some ten seconds of a CPU. */
const patience = 300_000

const models = join(import.meta.dirname, 'models')
const expected = JSON.parse(readFileSync(join(models, 'expected.json'), 'utf8')) as Record<
  string,
  { input: unknown; output: unknown }
>
/** What this machine can run. */
const here = { Os: 'LINUX', Arch: arch() === 'arm64' ? 'ARM64' : 'X86_64' }
const output = (TargetPlatform: object) => ({ S3OutputLocation: 's3://compiled/out', TargetPlatform })

describe('a model is compiled, and the artifact predicts what the model does', () => {
  let lab: CompilationLab
  const folders: string[] = []

  before(async () => {
    await installCompiler((text) => process.stdout.write(`── ${text}\n`))
    lab = await openCompilationLab()
    await lab.model('binary.tar.gz', { 'binary.model': readFileSync(join(models, 'binary.model')) })
    await lab.model('classes.tar.gz', { 'deep/xgboost-model': readFileSync(join(models, 'classes.model')) })
    await lab.model('digits.tar.gz', { 'digits.onnx': readFileSync(join(models, 'digits.onnx')) })
  })
  after(async () => {
    for (const folder of folders) rmSync(folder, { recursive: true })
    await lab.close()
  })

  const compile = (name: string, Framework: string, changes: object, more: object = {}) =>
    lab.start(name, {
      InputConfig: { S3Uri: `s3://models/${name.split('-')[0]}.tar.gz`, Framework, ...more },
      ...changes,
    })

  /** The artifact's folder. */
  async function fetch(name: string, key: string): Promise<string> {
    const { description, steps } = await lab.ended(name)
    assert.equal(description.CompilationJobStatus, 'COMPLETED', description.FailureReason)
    assert.equal(description.ModelArtifacts.S3ModelArtifacts, `s3://compiled/${key}`)
    assert.deepEqual(
      steps.filter(({ status }) => status !== 'done'),
      [],
    )
    const { Body } = await lab.call('s3', 'GetObject', { Bucket: 'compiled', Key: key })
    const bytes = Buffer.from(Body)
    assert.equal(createHash('sha256').update(bytes).digest('hex'), description.ModelDigests!.ArtifactDigest)
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-artifact-'))
    folders.push(folder)
    execFileSync('tar', ['xzf', '-', '-C', folder], { input: bytes })
    return folder
  }

  function predict(folder: string, name: string): unknown {
    const input = JSON.stringify(expected[name]!.input)
    return JSON.parse(execFileSync('python3', [join(folder, 'predict.py')], { input, encoding: 'utf8' }))
  }

  test('XGBoost, for two classes and for three, as JSON and as UBJSON', { timeout: patience }, async () => {
    await compile('binary', 'XGBOOST', { OutputConfig: output(here) })
    await compile('classes', 'XGBOOST', { OutputConfig: output(here) })
    for (const name of ['binary', 'classes']) {
      const folder = await fetch(name, `out/${name}-LINUX_${here.Arch}.tar.gz`)
      assertClose(predict(folder, name), expected[name]!.output)
    }
  })

  test(
    'ONNX, with a batch size that only the job gives, and weights beside the code',
    { timeout: patience },
    async () => {
      await compile('digits', 'ONNX', { OutputConfig: output(here) }, { DataInputConfig: "{'data': [2, 1, 8, 8]}" })
      const folder = await fetch('digits', `out/digits-LINUX_${here.Arch}.tar.gz`)
      assertClose(predict(folder, 'digits'), expected['digits']!.output)
    },
  )

  test('for a machine of another kind', { timeout: patience }, async () => {
    const device = {
      S3OutputLocation: 's3://compiled',
      TargetDevice: 'rasp3b',
      CompilerOptions: "{'mattr': ['+neon']}",
    }
    await compile('binary-arm', 'XGBOOST', { OutputConfig: device })
    const library = readFileSync(join(await fetch('binary-arm', 'binary-rasp3b.tar.gz'), 'compiled.so'))
    assert.equal(library.toString('latin1', 0, 4), '\x7fELF')
    assert.equal(library.readUInt16LE(18), 40, 'of ARM, 32 bits (elf(5), e_machine)')
  })

  const failures: Record<string, [string, Record<string, string>, object, string]> = {
    'an archive that is none': [
      'XGBOOST',
      {},
      {},
      'ClientError: InputConfiguration: Unable to untar input model. Please confirm the model is a tar.gz file',
    ],
    'no model of the framework': [
      'ONNX',
      { 'model.txt': 'x' },
      {},
      'ClientError: InputConfiguration: Exactly one .onnx file is allowed for ONNX models.',
    ],
    'a broken graph': [
      'ONNX',
      { 'model.onnx': 'x' },
      {},
      'ClientError: InputConfiguration: TVM cannot convert ONNX model. Please make sure the framework you selected is correct. ',
    ],
    'broken trees': [
      'XGBOOST',
      { 'model.json': '{"learner": 1}' },
      {},
      'ClientError: InputConfiguration: Invalid XGBoost model. Please make sure the framework you select is correct. ',
    ],
  }
  test('what the compiler cannot read is the user to be told', { timeout: patience }, async () => {
    let at = 0
    for (const [Framework, files, more] of Object.values(failures)) {
      const name = `bad${at++}`
      if (Object.keys(files).length > 0) await lab.model(`${name}.tar.gz`, files)
      else await lab.call('s3', 'PutObject', { Bucket: 'models', Key: `${name}.tar.gz`, Body: 'no archive' })
      await compile(name, Framework, {}, more)
    }
    at = 0
    for (const [what, [, , , reason]] of Object.entries(failures)) {
      const { description } = await lab.ended(`bad${at++}`)
      assert.equal(description.CompilationJobStatus, 'FAILED')
      assert.equal(description.FailureReason.slice(0, reason.length), reason, what)
    }
  })

  test('shapes that are not those of the model', { timeout: patience }, async () => {
    await compile('digits-other', 'ONNX', {}, { DataInputConfig: '{"data": [2, 1, 9, 8]}' })
    await compile('digits-name', 'ONNX', {}, { DataInputConfig: '{"input": [2, 1, 8, 8]}' })
    await compile('digits-open', 'ONNX', {})
    const reason = async (name: string) => (await lab.ended(name)).description.FailureReason
    assert.equal(
      await reason('digits-other'),
      'ClientError: InputConfiguration: Input data has wrong shape in Input Shape dictionary.',
    )
    assert.match(await reason('digits-name'), /^ClientError: InputConfiguration: Input input .* is not an input/)
    assert.match(await reason('digits-open'), /^ClientError: InputConfiguration: The shape of input data is not fixed/)
  })
})

/** Equal to what a float holds, element by element. */
function assertClose(actual: unknown, wanted: unknown): void {
  if (typeof wanted === 'number') {
    assert.ok(typeof actual === 'number' && Math.abs(actual - wanted) < 1e-5, `${String(actual)} is not ${wanted}`)
    return
  }
  assert.deepEqual(Object.keys(actual as object), Object.keys(wanted as object))
  for (const [key, value] of Object.entries(wanted as object))
    assertClose((actual as Record<string, unknown>)[key], value)
}
