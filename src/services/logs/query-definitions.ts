import { randomUUID } from 'node:crypto'
import type {
  DeleteQueryDefinitionCommandInput,
  DeleteQueryDefinitionCommandOutput,
  DescribeQueryDefinitionsCommandInput,
  DescribeQueryDefinitionsCommandOutput,
  PutQueryDefinitionCommandInput,
  PutQueryDefinitionCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs'
import { need } from '../../door/call.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { operation } from '../operation.ts'
import { invalidParameter } from './errors.ts'
import { page } from './page.ts'

/** Document `logs/query-definition`, keyed `account/region/id`. */
interface QueryDefinition {
  queryDefinitionId: string
  name: string
  queryString: string
  logGroupNames: string[]
  lastModified: number
  clientToken?: string
}

/** Quota of CloudWatch Logs, a Region. */
const DEFINITIONS_MAX = 1000

// inferred: sentence
const notFound = () => new AwsError('ResourceNotFoundException', 'The specified query definition does not exist.')

/** Saves a query under a name; with an id it takes the place of that one. */
export const putQueryDefinition = operation<PutQueryDefinitionCommandInput, PutQueryDefinitionCommandOutput>(
  'logs',
  'PutQueryDefinition',
  {
    needs: () => [need('logs:PutQueryDefinition', '*')],
    perform: (input, { call, world: { store } }) => {
      if ((input.queryLanguage ?? 'CWLI') !== 'CWLI') {
        throw new AwsError('NotImplemented', `Queries in ${input.queryLanguage} are not built.`, 501)
      }
      if (input.parameters?.length) {
        throw new AwsError('NotImplemented', 'The parameter parameters of PutQueryDefinition is not built.', 501)
      }
      const prefix = `${call.account}/${call.region}/`
      return store.transaction(() => {
        const { queryDefinitionId: given, clientToken, name, queryString, logGroupNames = [] } = input
        const all = store.list<QueryDefinition>('logs/query-definition', { prefix }).map(({ value }) => value)
        if (given !== undefined && !all.some((one) => one.queryDefinitionId === given)) throw notFound()
        const again =
          given === undefined && clientToken !== undefined && all.find((one) => one.clientToken === clientToken)
        if (again) return { queryDefinitionId: again.queryDefinitionId }
        if (given === undefined && all.length >= DEFINITIONS_MAX) {
          throw new AwsError('LimitExceededException', 'Resource limit exceeded.')
        }
        if (all.some((one) => one.name === name && one.queryDefinitionId !== given)) {
          throw invalidParameter(`A query definition with the name ${name} already exists.`) // inferred: sentence
        }
        const queryDefinitionId = given ?? randomUUID()
        store.put<QueryDefinition>('logs/query-definition', prefix + queryDefinitionId, {
          queryDefinitionId,
          name,
          queryString,
          logGroupNames: [...logGroupNames],
          lastModified: call.time,
          ...(clientToken !== undefined && { clientToken }),
        })
        return { queryDefinitionId }
      })
    },
  },
)

export const describeQueryDefinitions = operation<
  DescribeQueryDefinitionsCommandInput,
  DescribeQueryDefinitionsCommandOutput
>('logs', 'DescribeQueryDefinitions', {
  needs: () => [need('logs:DescribeQueryDefinitions', '*')],
  perform: ({ queryDefinitionNamePrefix = '', maxResults, nextToken, queryLanguage = 'CWLI' }, { call, world }) => {
    const found = world.store
      .list<QueryDefinition>('logs/query-definition', { prefix: `${call.account}/${call.region}/` })
      .map(({ value }) => value)
      .filter(({ name }) => queryLanguage === 'CWLI' && name.startsWith(queryDefinitionNamePrefix))
    const listed = page(found, ({ name }) => name, {
      ...(maxResults !== undefined && { limit: maxResults }),
      ...(nextToken !== undefined && { nextToken }),
    })
    return {
      queryDefinitions: listed.items.map(({ clientToken: _, logGroupNames, ...definition }) => ({
        queryLanguage: 'CWLI' as const,
        ...definition,
        logGroupNames: [...logGroupNames],
      })),
      ...(listed.nextToken !== undefined && { nextToken: listed.nextToken }),
    }
  },
})

export const deleteQueryDefinition = operation<DeleteQueryDefinitionCommandInput, DeleteQueryDefinitionCommandOutput>(
  'logs',
  'DeleteQueryDefinition',
  {
    needs: () => [need('logs:DeleteQueryDefinition', '*')],
    perform: ({ queryDefinitionId }, { call, world: { store } }) => {
      if (!store.delete('logs/query-definition', `${call.account}/${call.region}/${queryDefinitionId}`))
        throw notFound()
      return { success: true }
    },
  },
)
