import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, it } from 'node:test'
import { notebookInstances, toStatus } from '../../src/services/sagemaker/notebook/notebook-instance.ts'
import { putUnsettled } from '../../src/services/sagemaker/settling.ts'
import { until } from '../clients/until.ts'
import { call } from '../support/call.ts'
import { startTestServer } from '../support/server.ts'
import { allow, openLab, outcome, settled } from './lab.ts'
import type { Ask } from './lab.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
after(() => rmSync(dataDir, { recursive: true, force: true }))

const onTheWay = {
  pending: 'Pending',
  'left-pending': 'Pending',
  stopping: 'Stopping',
  updating: 'Updating',
  deleting: 'Deleting',
} as const

it('after a restart notebook instances go on by the rights of who asked, and stop where those have ended', async () => {
  const lab = await openLab({ dataDir })
  const leaver = await lab.user('leaver', allow('*'))
  const { VpcId } = (await lab.ask('ec2', 'CreateVpc', { CidrBlock: '10.7.0.0/16' })).Vpc
  const { SubnetId } = (await lab.ask('ec2', 'CreateSubnet', { VpcId, CidrBlock: '10.7.0.0/24' })).Subnet
  const request = { InstanceType: 'ml.t3.medium', RoleArn: lab.roleArn, SubnetId }
  for (const NotebookInstanceName of Object.keys(onTheWay)) {
    const { ask } = NotebookInstanceName.startsWith('left-') ? leaver : lab
    await ask('sagemaker', 'CreateNotebookInstance', { NotebookInstanceName, ...request })
    await settled(ask, NotebookInstanceName, 'InService')
  }
  // As if the server had gone right after its answer; for those that are pending: right after EC2's.
  for (const [name, status] of Object.entries(onTheWay)) {
    notebookInstances.change(lab.server.world.store, { ...lab.server, name }, (notebook) => {
      toStatus(notebook, status, Date.now())
      if (status === 'Pending') delete notebook.description.NetworkInterfaceId
      putUnsettled(lab.server.world.store, notebook)
    })
  }
  await lab.ask('iam', 'UpdateAccessKey', {
    UserName: 'leaver',
    AccessKeyId: leaver.keys.accessKeyId,
    Status: 'Inactive',
  })
  await lab.close()

  const again = await startTestServer({ dataDir, logLevel: 'error' })
  try {
    const ask: Ask = (service, operation, input = {}) => call(again.url, again.admin, service, operation, input)
    const pending = await settled(ask, 'pending', 'InService', 'Failed')
    assert.equal(pending['NotebookInstanceStatus'], 'InService', pending['FailureReason'] as string)
    const { FailureReason } = await settled(ask, 'left-pending', 'InService', 'Failed')
    assert.match(FailureReason as string, /AWS was not able to validate the provided access credentials .+ AuthFailure/)
    await settled(ask, 'stopping', 'Stopped')
    await settled(ask, 'updating', 'Stopped')
    await until('it is deleted', async () => {
      const described = ask('sagemaker', 'DescribeNotebookInstance', { NotebookInstanceName: 'deleting' })
      return (await outcome(described)) === 'ValidationException: RecordNotFound'
    })
    const Filters = [{ Name: 'subnet-id', Values: [SubnetId] }]
    const { NetworkInterfaces } = await ask('ec2', 'DescribeNetworkInterfaces', { Filters })
    // None was made twice, and that of the deleted one is gone.
    assert.equal(NetworkInterfaces.length, Object.keys(onTheWay).length - 1)
  } finally {
    await again.close()
  }
})
