import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { exchange } from '../support/call.ts'
import { arnOf, openRecordLab, roleArn, type RecordLab } from './lab.ts'

describe('RenderUiTemplate', () => {
  let lab: RecordLab
  before(async () => (lab = await openRecordLab()))
  after(() => lab.server.close())

  const render = (changes: object, input: unknown = { text: 'a < b' }) =>
    lab.call('sagemaker', 'RenderUiTemplate', {
      Task: { Input: JSON.stringify(input) },
      RoleArn: roleArn('execution'),
      ...changes,
    })
  const content = (Content: string) => ({ UiTemplate: { Content } })

  it('renders a template that it is given, and one that is kept', async () => {
    const wanted = { RenderedContent: '<crowd-form><p>a &lt; b</p></crowd-form>', Errors: [] }
    assert.deepEqual(await render(content('<crowd-form><p>{{ task.input.text }}</p></crowd-form>')), wanted)
    assert.deepEqual(await render({ HumanTaskUiArn: arnOf('human-task-ui', 'ui') }), wanted)
  })

  it('tells what is wrong with a template', async () => {
    const { RenderedContent, Errors } = await render(content('<p>\n{% if %}</p>'))
    assert.equal(RenderedContent, '')
    assert.equal(Errors.length, 1)
    assert.match(Errors[0].Message, /^Liquid error \(line 2\): Expected a value/)
  })

  it('refuses what it cannot tell apart', async () => {
    await assert.rejects(render({}), /Exactly one of UiTemplate and HumanTaskUiArn/)
    await assert.rejects(render({ ...content('x'), Task: { Input: '{x' } }), /not a valid JSON object/)
    await assert.rejects(render({ HumanTaskUiArn: arnOf('human-task-ui', 'none') }), { code: 'ResourceNotFound' })
  })

  it('opens by grant_read_access what its role may read, and nothing else', async (t) => {
    t.after(() => lab.allowRole({ Effect: 'Allow', Action: 's3:*', Resource: '*' }))
    await lab.allowRole({ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::records/in/*' })
    await lab.call('s3', 'PutObject', { Bucket: 'records', Key: 'in/a picture (1).txt', Body: 'seen' })
    await lab.call('s3', 'PutObject', { Bucket: 'records', Key: 'other', Body: 'unseen' })
    const template = '{{ task.input.ref | grant_read_access | skip_autoescape }}'
    const statusOf = async (ref: string) => {
      const { RenderedContent } = await render(content(template), { ref })
      const { host, pathname, search } = new URL(RenderedContent)
      assert.equal(host, 'records.s3.us-east-1.amazonaws.com')
      const plain = { method: 'GET', path: pathname, query: search.slice(1), headers: { host }, body: Buffer.alloc(0) }
      const answer = await exchange(lab.server.url, plain)
      return [answer.status, answer.status === 200 ? answer.body.toString() : '']
    }
    assert.deepEqual(await statusOf('s3://records/in/a picture (1).txt'), [200, 'seen'])
    assert.deepEqual(await statusOf('s3://records/other'), [403, ''])
    assert.equal((await render(content(template), { ref: 'no uri' })).RenderedContent, 'no uri')
  })
})
