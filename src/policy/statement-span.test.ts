import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile, contextKeysOf, statementSpan } from './policy.ts'

const lone =
  '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}'
const span = (text: string, index: number) => {
  const { start, end } = statementSpan(compile(text, { id: 'inline:p' }), index)
  return [start.line, start.column, end.line, end.column]
}

test('a lone statement, as the AWS CLI prints it', () => {
  assert.deepEqual(span(lone, 0), [1, 38, 1, 167])
})

test('a list, as the AWS CLI prints it', () => {
  const text = `{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "",
            "Effect": "Allow",
            "Action": "codecommit:ListRepositories",
            "Resource": "*"
        }
    ]
}`
  assert.deepEqual(span(text, 0), [3, 19, 9, 10])
})

test('a statement begins where the one before ended', () => {
  const statement = { Effect: 'Allow', Action: 'ec2:*', Resource: ['arn:aws:s3:::a}"]\\', '*'] }
  const text = JSON.stringify({ Version: '2012-10-17', Statement: [statement, statement, statement] })
  const spans = [0, 1, 2].map((index) => span(text, index))
  assert.equal(text[spans[0]![1]! - 2], '[')
  assert.deepEqual([spans[0]![3], spans[1]![3]], [spans[1]![1], spans[2]![1]])
  assert.equal(text.slice(spans[2]![1]! - 1, spans[2]![3]! - 1), `,${JSON.stringify(statement)}`)
})

test('condition keys and variables, as written, once', () => {
  assert.deepEqual(contextKeysOf(lone), ['aws:CurrentTime'])
  const statement = {
    Effect: 'Allow',
    Action: 's3:*',
    Resource: ['arn:aws:s3:::b/${aws:username}/*', "arn:aws:s3:::c/${AWS:UserName, 'x'}${*}"],
    Condition: {
      StringLike: { 's3:prefix': ['${aws:PrincipalTag/Team}/*', 'a'] },
      StringEquals: { 'S3:Prefix': 'b', 'aws:RequestTag/Team': 'c' },
    },
  }
  const keys = ['aws:username', 's3:prefix', 'aws:PrincipalTag/Team', 'aws:RequestTag/Team']
  assert.deepEqual(contextKeysOf(compile({ Version: '2012-10-17', Statement: statement }, { id: 'inline:p' })), keys)
  const old = JSON.stringify({ Version: '2008-10-17', Statement: statement })
  assert.deepEqual(contextKeysOf(old), ['s3:prefix', 'aws:RequestTag/Team'])
})
