/** `sallyport policy compare`, as a program: what it prints and how it ends. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { test } from 'node:test'

const root = resolve(import.meta.dirname, '../..')
const documents = 'corpus/policy/documents'

function compare(args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', 'src/main.js', 'policy', 'compare', ...args],
    { cwd: root, input, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } },
  )
  return { status, stdout, stderr }
}

test('0 where A is at most as permissive, from files', () => {
  const { status, stdout } = compare([`${documents}/training-scoped.json`, `${documents}/training.json`])
  assert.equal(status, 0)
  assert.match(stdout, /allows less than/)
})

test('2 where A allows more, with the request and why B does not', () => {
  const { status, stdout } = compare(['AmazonS3FullAccess', 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'])
  assert.equal(status, 2)
  assert.match(stdout, /s3:\w+ on \S+\n\s+caller/)
  assert.match(stdout, /✔ allowed by statement 0/)
  assert.match(stdout, /✘ statement 0 \(Allow\): Action is s3:\w+; it wants s3:Get\*/)
})

test('3 where the budget is used up, saying how to raise it; JSON has the reason', () => {
  const args = ['AmazonSageMakerFullAccess', 'AmazonSageMakerReadOnly', '--budget', '10']
  const { status, stdout } = compare(args)
  assert.equal(status, 3)
  assert.match(stdout, /next: the same with --budget \d+/)
  const json = compare([...args, '--format', 'json'])
  assert.equal(json.status, 3)
  assert.equal((JSON.parse(json.stdout) as { verdict: string }).verdict, 'unknown')
})

test('stdin, another type, and 64 for what cannot be read', () => {
  const trust = (condition?: object) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Service: 'sagemaker.amazonaws.com' },
        Action: 'sts:AssumeRole',
        ...(condition && { Condition: condition }),
      },
    })
  const narrow = trust({ StringEquals: { 'aws:SourceAccount': '123456789012' } })
  assert.equal(compare(['-', `${documents}/trust-sagemaker.json`, '--type', 'trust'], narrow).status, 0)
  assert.match(
    compare(['-', `${documents}/trust-sagemaker.json`, '--type', 'trust'], narrow).stdout,
    /^stdin allows less/,
  )
  assert.equal(compare(['-', `${documents}/training.json`], trust()).status, 64)
  assert.equal(compare(['no-such-file.json', `${documents}/training.json`]).status, 64)
})
