import type { ListNotebookInstancesCommandInput, ListNotebookInstancesCommandOutput } from '@aws-sdk/client-sagemaker'
import type { Shape } from '../../../wire/shape.ts'
import { operation } from '../../operation.ts'
import { toList } from '../resource-needs.ts'
import { notebookInstances } from './notebook-instance.ts'
import type { NotebookDescription, NotebookInstance } from './notebook-instance.ts'

/** By name unless asked otherwise (API_ListNotebookInstances). */
export const listNotebookInstances = operation<ListNotebookInstancesCommandInput, ListNotebookInstancesCommandOutput>(
  'sagemaker',
  'ListNotebookInstances',
  {
    needs: (_input, call) => toList(call),
    perform(input, { call, world }) {
      const { items, next } = notebookInstances.page(world.store, call, input, {
        keep: ({ description }) => isWanted(description, input),
        sortBy: 'Name',
        sortOrder: 'Ascending',
      })
      return { NotebookInstances: items.map(summary), ...(next !== undefined && { NextToken: next }) }
    },
  },
)

function isWanted(notebook: NotebookDescription, input: Shape<ListNotebookInstancesCommandInput>): boolean {
  const {
    NotebookInstanceLifecycleConfigNameContains: config,
    DefaultCodeRepositoryContains: repository,
    AdditionalCodeRepositoryEquals: additional,
  } = input
  return (
    contains(notebook.NotebookInstanceLifecycleConfigName, config) &&
    contains(notebook.DefaultCodeRepository, repository) &&
    (additional === undefined || (notebook.AdditionalCodeRepositories ?? []).includes(additional))
  )
}

const contains = (text: string | undefined, part: string | undefined) =>
  part === undefined || (text?.toLowerCase().includes(part.toLowerCase()) ?? false)

function summary({ description: one }: NotebookInstance) {
  return {
    NotebookInstanceName: one.NotebookInstanceName!,
    NotebookInstanceArn: one.NotebookInstanceArn!,
    NotebookInstanceStatus: one.NotebookInstanceStatus!,
    Url: one.Url!,
    InstanceType: one.InstanceType!,
    CreationTime: one.CreationTime!,
    LastModifiedTime: one.LastModifiedTime!,
    ...(one.NotebookInstanceLifecycleConfigName && {
      NotebookInstanceLifecycleConfigName: one.NotebookInstanceLifecycleConfigName,
    }),
    ...(one.DefaultCodeRepository && { DefaultCodeRepository: one.DefaultCodeRepository }),
    ...(one.AdditionalCodeRepositories && { AdditionalCodeRepositories: one.AdditionalCodeRepositories }),
  }
}
