import type { DescribeOrganizationCommandInput, DescribeOrganizationCommandOutput } from '@aws-sdk/client-organizations'
import { organizationOperation } from './organization-operation.ts'
import { organizationView } from './views.ts'

export const describeOrganization = organizationOperation<
  DescribeOrganizationCommandInput,
  DescribeOrganizationCommandOutput
>('DescribeOrganization', {
  audience: 'members',
  perform: (_input, { store, organization }) => ({ Organization: organizationView(store, organization) }),
})
