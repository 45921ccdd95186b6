/**
 * What a pull request's check may ask of a role's policy, with nothing but `sallyport/policy`:
 *
 *     node_modules/.bin/node examples/policy/review.ts [OLD.json NEW.json]
 *
 * Exit code 1 when the new policy must not be merged.
 */
import { readFileSync } from 'node:fs'
import { compare, compile, denialSentence, evaluate, grants, lint } from 'sallyport/policy'
import type { AuthorizationRequest, CompiledPolicy } from 'sallyport/policy'

const here = import.meta.dirname
const [oldFile = `${here}/scoped.json`, newFile = `${here}/proposed.json`] = process.argv.slice(2)
const problems: string[] = []

// 1. Written well? `lint` needs the text, as it tells line and column.
for (const { severity, code, message, line } of lint(readFileSync(newFile, 'utf8'))) {
  if (severity !== 'SUGGESTION') problems.push(`line ${line}: ${code} ${message}`)
}

const [before, after] = [read(oldFile), read(newFile)]

// 2. Does it allow more than before? Over all requests, and with one that shows it.
const { verdict, witness } = compare({ policies: [after] }, { policies: [before] })
if (witness) problems.push(`new: ${witness.action} on ${witness.resource}`)
else if (verdict === 'unknown') problems.push('too large to compare')

// 3. Does it allow what nobody may have, in any way that a policy can be written?
const passing = grants({ policies: [after] }, { actions: ['iam:PassRole', 'iam:*Role', 'iam:*RolePolicy'] })
if (passing.answer !== 'no') problems.push(`roles: ${passing.witness?.action ?? 'too large to tell'}`)

// 4. Does it still do its job? The answer is AWS's own sentence.
const training: AuthorizationRequest = {
  principal: {
    kind: 'role-session',
    account: '123456789012',
    arn: 'arn:aws:sts::123456789012:assumed-role/Training/SageMaker',
    principalArn: 'arn:aws:iam::123456789012:role/Training',
  },
  action: 's3:GetObject',
  resource: 'arn:aws:s3:::sagemaker-demo/train.csv',
  resourceAccount: '123456789012',
  context: (key) => (key === 'aws:securetransport' ? 'true' : undefined),
}
const decision = evaluate(training, { identity: [after] })
if (decision.effect !== 'allow') problems.push(denialSentence(training, decision))

for (const problem of problems) console.log(`✘ ${problem}`)
if (problems.length === 0) console.log('✔ narrower or equal, and the job still runs')
process.exitCode = problems.length === 0 ? 0 : 1

function read(file: string): CompiledPolicy {
  return compile(readFileSync(file, 'utf8'), { id: file })
}
