/** `sallyport policy evaluate` and `lint`, as a user runs them. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, test } from 'node:test'

const root = resolve(import.meta.dirname, '../../..')
const folder = mkdtempSync(join(tmpdir(), 'sallyport-policy-'))
after(() => rmSync(folder, { recursive: true }))

/** Arguments as a list, or in one text with blanks between them. */
function run(given: string | readonly string[], input = '') {
  const args = typeof given === 'string' ? given.split(' ') : given
  const command = ['--disable-warning=ExperimentalWarning', join(root, 'src/main.js'), 'policy', ...args]
  const { FORCE_COLOR: _forced, ...env } = process.env
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: folder, input, encoding: 'utf8', env })
  return { status, stdout, stderr }
}

function file(name: string, content: unknown): string {
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content, null, 2))
  return name
}

const Version = '2012-10-17'
const document = (statement: object) => ({ Version, Statement: [statement] })
const reader = file(
  'reader.json',
  document({ Sid: 'Read', Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' }),
)
const clean = file(
  'clean.json',
  document({ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: 'arn:aws:sqs:us-east-1:111122223333:q' }),
)
const wrong = file('wrong.json', document({ Effect: 'Allow', Action: 's3:GetObjct', Resource: 'arn:aws:s3:::b/*' }))
const trust = file(
  'trust.json',
  document({ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'sts:AssumeRole' }),
)

test('lint: nothing found', () => {
  const { status, stdout } = run(['lint', clean, trust])
  assert.equal(stdout, '2 documents: no findings\n')
  assert.equal(status, 0)
})

test('lint: place, line, mark and replacement', () => {
  const { status, stdout } = run(['lint', wrong])
  assert.equal(
    stdout,
    [
      'wrong.json:6:17 ERROR INVALID_ACTION The action s3:GetObjct does not exist. Did you mean s3:GetObject?',
      '  6 |       "Action": "s3:GetObjct",',
      '    |                 ^^^^^^^^^^^^^',
      '    = use: s3:GetObject',
      '',
      '1 document: 1 ERROR',
      '',
    ].join('\n'),
  )
  assert.equal(status, 3)
})

test('lint: a suggestion alone is no finding to fail for', () => {
  const twice = document({ Effect: 'Allow', Action: ['sqs:Send*', 'sqs:SendMessage'], Resource: '*' })
  const { status, stdout } = run(['lint', '-'], JSON.stringify(twice))
  assert.match(stdout, /^stdin:1:\d+ SUGGESTION REDUNDANT_ACTION /)
  assert.equal(status, 0)
})

test('lint: JSON names file and type', () => {
  const { status, stdout } = run(['lint', wrong, trust, '--format', 'json'])
  const [first, second] = JSON.parse(stdout) as { file: string; type: string; findings: object[] }[]
  assert.deepEqual(first, {
    file: 'wrong.json',
    type: 'identity',
    findings: [
      {
        code: 'INVALID_ACTION',
        severity: 'ERROR',
        message: 'The action s3:GetObjct does not exist. Did you mean s3:GetObject?',
        path: 'Statement[0].Action[0]',
        line: 6,
        column: 17,
        suggestion: 's3:GetObject',
      },
    ],
  })
  assert.deepEqual(second, { file: 'trust.json', type: 'trust', findings: [] })
  assert.equal(status, 3)
})

test('lint: SARIF with a fix', () => {
  const { status, stdout } = run(['lint', wrong, '--format', 'sarif'])
  const sarif = JSON.parse(stdout) as {
    version: string
    runs: { tool: { driver: { rules: { id: string }[] } }; results: Record<string, unknown>[] }[]
  }
  assert.equal(sarif.version, '2.1.0')
  const { tool, results } = sarif.runs[0]!
  assert.deepEqual(
    tool.driver.rules.map(({ id }) => id),
    ['INVALID_ACTION'],
  )
  const region = { startLine: 6, startColumn: 17, endLine: 6, endColumn: 30 }
  const artifactLocation = { uri: 'wrong.json' }
  assert.deepEqual(results, [
    {
      ruleId: 'INVALID_ACTION',
      ruleIndex: 0,
      level: 'error',
      message: { text: 'The action s3:GetObjct does not exist. Did you mean s3:GetObject?' },
      locations: [
        {
          physicalLocation: { artifactLocation, region },
          logicalLocations: [{ fullyQualifiedName: 'Statement[0].Action[0]' }],
        },
      ],
      fixes: [
        {
          description: { text: 'Use s3:GetObject' },
          artifactChanges: [
            {
              artifactLocation,
              replacements: [{ deletedRegion: region, insertedContent: { text: '"s3:GetObject"' } }],
            },
          ],
        },
      ],
    },
  ])
  assert.equal(status, 3)
})

test('lint: a managed policy by name, and the type that is given', () => {
  assert.equal(run(['lint', 'AmazonSQSReadOnlyAccess']).status, 0)
  const { stdout } = run(['lint', trust, '--type', 'identity'])
  assert.match(stdout, /UNSUPPORTED_PRINCIPAL/)
})

test('usage: exit code 64 and what is wrong', () => {
  for (const [args, said] of [
    [['lint'], /missing required argument/],
    [['lint', 'nowhere.json'], /nowhere\.json is neither a file nor an AWS managed policy/],
    [['lint', clean, '--type', 'bucket'], /Allowed choices are identity/],
    [['evaluate'], /--action is missing/],
    [['evaluate', '--action', 's3:GetObject', '--principal', 'ann'], /ann is no principal/],
    [['evaluate', '--action', 's3:GetObject', '--context', 'aws:username'], /wants key=value/],
    [['evaluate', '--case', 'nowhere'], /no such file or folder/],
    [['nothing'], /unknown command/],
  ] as const) {
    const { status, stderr } = run(args)
    assert.match(stderr, said)
    assert.equal(status, 64, args.join(' '))
  }
})

test('a broken document is shown where it breaks', () => {
  const broken = file('broken.json', '{\n  "Version": "2012-10-17",\n  "Statement": [{"Effect": "Permit"}]\n}')
  const { status, stderr } = run(['evaluate', '--action', 's3:GetObject', '--policy', broken])
  assert.equal(stderr, 'sallyport: broken.json:3:28: Syntax errors in policy. (Effect must be Allow or Deny)\n')
  assert.equal(status, 64)
})

test('a statement without its policy is told how to become one, and nothing else', () => {
  const lone = file('lone.json', { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' })
  const hint = 'this is a statement, not a policy: wrap it in {"Version": "2012-10-17", "Statement": [ … ]}'
  const linted = JSON.parse(run(['lint', lone, '--format', 'json']).stdout) as [{ findings: { message: string }[] }]
  assert.deepEqual(
    linted[0].findings.map(({ message }) => message),
    [`AWS does not store this policy: Syntax errors in policy. (${hint})`],
  )
  for (const args of [
    ['evaluate', '--action', 's3:GetObject', '--policy', lone],
    ['compare', lone, reader],
  ]) {
    const { status, stderr } = run(args)
    assert.equal(stderr, `sallyport: lone.json:2:13: Syntax errors in policy. (${hint})\n`)
    assert.equal(status, 64)
  }
})

test('evaluate: allowed, by a statement of a file', () => {
  const { status, stdout } = run(
    `evaluate --action s3:GetObject --resource arn:aws:s3:::b/k --policy ${reader} --format json`,
  )
  const verdict = JSON.parse(stdout) as Record<string, unknown> & { layers: { statements: object[] }[] }
  assert.equal(verdict['decision'], 'allowed')
  assert.equal(verdict['decidedBy'], 'identity')
  assert.deepEqual(verdict.layers[0]!.statements, [
    { policy: 'reader.json', index: 0, sid: 'Read', effect: 'Allow', line: 4 },
  ])
  assert.equal(status, 0)
})

test("evaluate: denied, with AWS's sentence, what came near, and what would help", () => {
  const { status, stdout } = run(
    `evaluate --action s3:GetObject --resource arn:aws:s3:::other/k --principal arn:aws:iam::111122223333:role/team/Trainer --policy ${reader}`,
  )
  assert.equal(
    stdout,
    [
      'DENIED  s3:GetObject on arn:aws:s3:::other/k by arn:aws:sts::111122223333:assumed-role/Trainer/session',
      '  User: arn:aws:sts::111122223333:assumed-role/Trainer/session is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::other/k because no identity-based policy allows the s3:GetObject action',
      '',
      '  – identity  implicit-deny',
      '',
      '  missing an allow in: identity',
      '',
      '  nearly',
      '    Allow Read  reader.json:4',
      '      Resource: is arn:aws:s3:::other/k, must be arn:aws:s3:::b/*',
      '',
      '  → this would allow it, in the identity policy:',
      '    {',
      '      "Effect": "Allow",',
      '      "Action": "s3:GetObject",',
      '      "Resource": "arn:aws:s3:::other/k"',
      '    }',
      '',
    ].join('\n'),
  )
  assert.equal(status, 2)
})

test('evaluate: every layer', () => {
  const everything = { Effect: 'Allow', Action: '*', Resource: '*' }
  const all = file('all.json', document(everything))
  const open = file('open.json', document({ ...everything, Principal: '*' }))
  const guard = file('guard.json', document({ Sid: 'NoDelete', Effect: 'Deny', Action: 's3:Delete*', Resource: '*' }))
  const { status, stdout } = run(
    `evaluate --action s3:DeleteObject --resource arn:aws:s3:::b/k --format json --policy AdministratorAccess ` +
      `--boundary ${all} --session ${all} --resource-policy ${open} --endpoint-policy ${open} --scp ${all} ${guard} --rcp ${open}`,
  )
  const verdict = JSON.parse(stdout) as {
    decidedBy: string
    sentence: string
    layers: { type: string; effect: string; statements: { policy: string; line: number }[] }[]
  }
  assert.deepEqual(verdict.layers.map(({ type, effect }) => `${type} ${effect}`).sort(), [
    'boundary allow',
    'endpoint allow',
    'identity allow',
    'rcp allow',
    'resource allow',
    'scp explicit-deny',
    'session allow',
  ])
  assert.equal(verdict.decidedBy, 'scp')
  assert.match(verdict.sentence, /with an explicit deny in a service control policy$/)
  const { statements } = verdict.layers.find(({ type }) => type === 'scp')!
  assert.ok(statements.some(({ policy, line }) => policy === 'guard.json' && line === 4))
  assert.equal(status, 2)
})

test('evaluate: condition keys, lists among them', () => {
  const tagged = file(
    'tagged.json',
    document({
      Effect: 'Allow',
      Action: 's3:*',
      Resource: '*',
      Condition: {
        'ForAllValues:StringEquals': { 'aws:TagKeys': ['team', 'cost'] },
        StringEquals: { 'aws:PrincipalTag/team': 'red', 'aws:username': 'ann' },
      },
    }),
  )
  const ask = (...context: string[]) =>
    run(
      `evaluate --action s3:CreateBucket --resource arn:aws:s3:::b --policy ${tagged} ` +
        `--principal arn:aws:iam::111122223333:user/ann --context ${context.join(' ')}`,
    ).status
  assert.equal(ask('aws:PrincipalTag/team=red', 'aws:TagKeys=team', 'aws:TagKeys=cost'), 0)
  assert.equal(ask('aws:PrincipalTag/team=red', 'aws:TagKeys=team', 'aws:TagKeys=other'), 2)
  assert.equal(ask('aws:PrincipalTag/team=blue', 'aws:TagKeys=team'), 2)
})

test("evaluate: a role's trust policy decides sts:AssumeRole", () => {
  const ask = (account: string) =>
    run(
      `evaluate --action sts:AssumeRole --resource arn:aws:iam::111122223333:role/r --resource-policy ${trust} ` +
        `--principal arn:aws:iam::${account}:user/ann --policy AdministratorAccess`,
    )
  assert.equal(ask('111122223333').status, 0)
  const { status, stdout } = ask('444455556666')
  assert.match(stdout, /role trust policy allows the sts:AssumeRole action|no role trust policy/)
  assert.equal(status, 2)
})

test('evaluate --case: the corpus holds', () => {
  const { status, stdout } = run(['evaluate', '--case', join(root, 'corpus/policy/cases')])
  assert.match(stdout, /^(\d+) of \1 cases pass\n$/)
  assert.equal(status, 0)
})

test('evaluate --case: an unmet expectation', () => {
  const principal = { kind: 'root', account: '111122223333', arn: 'arn:aws:iam::111122223333:root', principalArn: '' }
  const one = { name: 'no', source: 's', principal, action: 's3:GetObject', resource: '*', context: {} }
  const expect = { effect: 'implicit-deny', decidedBy: 'identity' }
  const cases = file('cases.json', [{ ...one, resourceAccount: '111122223333', policies: { identity: [] }, expect }])
  const { status, stdout } = run(['evaluate', '--case', cases])
  assert.match(stdout, /✘ no {2}cases\.json\n {4}s\n {4}effect: expected "implicit-deny", was "allow"/)
  assert.match(stdout, /0 of 1 cases pass/)
  assert.equal(status, 2)
})

test('evaluate: the policies that Organizations hangs everywhere go by their names', () => {
  const guard = file('guard.json', document({ Effect: 'Deny', Action: 's3:PutObject', Resource: '*' }))
  const asked = ['evaluate', '--policy', 'AdministratorAccess', '--resource', 'arn:aws:s3:::b/k', '--action']
  assert.equal(run([...asked, 's3:GetObject', '--scp', guard]).status, 2)
  assert.equal(run([...asked, 's3:GetObject', '--scp', 'FullAWSAccess', guard]).status, 0)
  assert.equal(run([...asked, 's3:PutObject', '--scp', 'FullAWSAccess', guard]).status, 2)
  assert.equal(run([...asked, 's3:GetObject', '--rcp', 'RCPFullAWSAccess']).status, 0)
})

test('examples/policy/review.ts: what was proposed is refused, what is there stands', () => {
  const example = (...names: string[]) =>
    spawnSync(process.execPath, ['review.ts', ...names], { cwd: join(root, 'examples/policy'), encoding: 'utf8' })
  const proposed = example()
  assert.equal(
    proposed.stdout,
    '✘ new: s3:GetObject on arn:aws:s3:::sagemaker-example/example\n✘ roles: iam:PassRole\n',
  )
  assert.equal(proposed.status, 1)
  assert.equal(example('scoped.json', 'scoped.json').status, 0)
})
