import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { openLab, outcome, settled } from './lab.ts'
import type { Input, Lab } from './lab.ts'

let lab: Lab
before(async () => (lab = await openLab()))
after(() => lab.close())

const names = (all: Input[], member: string) => all.map((one) => one[member])
const script = Buffer.from('#!/bin/bash\ntrue\n').toString('base64')

describe('lifecycle configurations', () => {
  const name = (value: string) => ({ NotebookInstanceLifecycleConfigName: value })

  it('are made, described, listed, changed and deleted, but not while an instance has one', async () => {
    const ask = (verb: string, input: Input) => lab.ask('sagemaker', `${verb}NotebookInstanceLifecycleConfig`, input)
    const arn = (await ask('Create', { ...name('setup'), OnStart: [{ Content: script }] }))
      .NotebookInstanceLifecycleConfigArn as string
    assert.equal(arn, 'arn:aws:sagemaker:us-east-1:123456789012:notebook-instance-lifecycle-config/setup')
    assert.equal(
      await outcome(ask('Create', name('setup'))),
      `ValidationException: Unable to create Notebook Instance Lifecycle Config ${arn}. (Details: Notebook Instance Lifecycle Config already exists.)`,
    )
    await ask('Update', { ...name('setup'), OnCreate: [{ Content: script }] })
    const told = await ask('Describe', name('setup'))
    assert.deepEqual([told.OnCreate, told.OnStart], [[{ Content: script }], [{ Content: script }]])
    const { NotebookInstanceLifecycleConfigs: all } = await lab.ask(
      'sagemaker',
      'ListNotebookInstanceLifecycleConfigs',
      { NameContains: 'set' },
    )
    assert.deepEqual(names(all, 'NotebookInstanceLifecycleConfigArn'), [arn])

    await lab.ask('sagemaker', 'CreateNotebookInstance', {
      NotebookInstanceName: 'user',
      InstanceType: 'ml.t3.medium',
      RoleArn: lab.roleArn,
      LifecycleConfigName: 'setup',
    })
    await settled(lab.ask, 'user', 'InService')
    assert.match(await outcome(ask('Delete', name('setup'))), /is associated with Notebook Instance user\.\)$/)
    await lab.ask('sagemaker', 'StopNotebookInstance', { NotebookInstanceName: 'user' })
    await settled(lab.ask, 'user', 'Stopped')
    await lab.ask('sagemaker', 'UpdateNotebookInstance', {
      NotebookInstanceName: 'user',
      DisassociateLifecycleConfig: true,
    })
    assert.equal((await settled(lab.ask, 'user', 'Stopped'))['NotebookInstanceLifecycleConfigName'], undefined)
    await ask('Delete', name('setup'))
    for (const verb of ['Describe', 'Update', 'Delete']) {
      assert.equal(
        await outcome(ask(verb, name('setup'))),
        `ValidationException: Unable to ${verb.toLowerCase()} Notebook Instance Lifecycle Config '${arn}'. (Details: Notebook Instance Lifecycle Config does not exist.)`,
      )
    }
  })
})

describe('code repositories', () => {
  it('are made, described, listed by name, changed and deleted', async () => {
    const ask = (operation: string, input: Input) => lab.ask('sagemaker', operation, input)
    const GitConfig = { RepositoryUrl: 'https://git.example.com/code.git', Branch: 'main' }
    for (const CodeRepositoryName of ['second', 'first']) {
      await ask('CreateCodeRepository', { CodeRepositoryName, GitConfig, Tags: [{ Key: 'a', Value: 'b' }] })
    }
    assert.match(
      await outcome(ask('CreateCodeRepository', { CodeRepositoryName: 'first', GitConfig })),
      /already existing/,
    )
    const SecretArn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:git'
    await ask('UpdateCodeRepository', { CodeRepositoryName: 'first', GitConfig: { SecretArn } })
    const told = await ask('DescribeCodeRepository', { CodeRepositoryName: 'first' })
    assert.deepEqual(told.GitConfig, { ...GitConfig, SecretArn })
    const { CodeRepositorySummaryList: all } = await ask('ListCodeRepositories', {})
    assert.deepEqual(names(all, 'CodeRepositoryName'), ['first', 'second'])
    const { Tags } = await ask('ListTags', { ResourceArn: told.CodeRepositoryArn })
    assert.deepEqual(Tags, [{ Key: 'a', Value: 'b' }])
    await ask('DeleteCodeRepository', { CodeRepositoryName: 'second' })
    assert.match(
      await outcome(ask('DescribeCodeRepository', { CodeRepositoryName: 'second' })),
      /^ValidationException: Cannot find CodeRepository/,
    )
  })

  it('with a secret ask the creator of an instance for the right to read it', async () => {
    const { ask } = await lab.user('no-secret', {
      Effect: 'Allow',
      Action: ['sagemaker:*', 'iam:PassRole'],
      Resource: '*',
    })
    const request = { NotebookInstanceName: 'secret', InstanceType: 'ml.t3.medium', RoleArn: lab.roleArn }
    const told = await outcome(
      ask('sagemaker', 'CreateNotebookInstance', { ...request, DefaultCodeRepository: 'first' }),
    )
    assert.match(told, /not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:/)
  })
})

describe('the list of notebook instances', () => {
  const common = { InstanceType: 'ml.t3.medium' }
  before(async () => {
    const GitConfig = { RepositoryUrl: 'https://git.example.com/other.git' }
    await lab.ask('sagemaker', 'CreateCodeRepository', { CodeRepositoryName: 'listed-code', GitConfig })
    await lab.ask('sagemaker', 'CreateNotebookInstanceLifecycleConfig', {
      NotebookInstanceLifecycleConfigName: 'listed-config',
    })
    const instances: Input[] = [
      { NotebookInstanceName: 'list-c', DefaultCodeRepository: 'listed-code' },
      { NotebookInstanceName: 'list-a', LifecycleConfigName: 'listed-config' },
      { NotebookInstanceName: 'list-b', AdditionalCodeRepositories: ['https://git.example.com/more.git'] },
    ]
    for (const one of instances) {
      await lab.ask('sagemaker', 'CreateNotebookInstance', { ...common, ...one, RoleArn: lab.roleArn })
      await settled(lab.ask, one['NotebookInstanceName'] as string, 'InService')
    }
    await lab.ask('sagemaker', 'StopNotebookInstance', { NotebookInstanceName: 'list-b' })
    await settled(lab.ask, 'list-b', 'Stopped')
  })

  const filters: [Input, string[]][] = [
    [{}, ['list-a', 'list-b', 'list-c']],
    [{ SortOrder: 'Descending' }, ['list-c', 'list-b', 'list-a']],
    [{ SortBy: 'CreationTime', SortOrder: 'Ascending' }, ['list-c', 'list-a', 'list-b']],
    [{ SortBy: 'Status' }, ['list-a', 'list-c', 'list-b']],
    [{ StatusEquals: 'Stopped' }, ['list-b']],
    [{ NotebookInstanceLifecycleConfigNameContains: 'listed' }, ['list-a']],
    [{ DefaultCodeRepositoryContains: 'listed' }, ['list-c']],
    [{ AdditionalCodeRepositoryEquals: 'https://git.example.com/more.git' }, ['list-b']],
    [{ CreationTimeAfter: 4_102_444_800 }, []],
  ]
  for (const [filter, expected] of filters) {
    it(JSON.stringify(filter), async () => {
      const found: unknown[] = []
      let NextToken: string | undefined
      do {
        const page = await lab.ask('sagemaker', 'ListNotebookInstances', {
          NameContains: 'list-',
          ...filter,
          MaxResults: 2,
          ...(NextToken && { NextToken }),
        })
        found.push(...names(page.NotebookInstances, 'NotebookInstanceName'))
        NextToken = page.NextToken
      } while (NextToken)
      assert.deepEqual(found, expected)
    })
  }
})
