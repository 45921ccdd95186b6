import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { exitCode } from './exit-code.ts'
import { UsageError } from './failure.ts'

interface Options {
  data: string
  root?: boolean
  role?: string
  format: 'shell' | 'dotenv' | 'json' | 'github'
}

/** What `serve` leaves in the data folder for `env`, beside the credentials. */
export interface ServerAddress {
  url: string
  region: string
}

type Variables = Record<string, string>

/** Prints what every AWS client reads from its environment. */
export async function env(options: Options): Promise<number> {
  const variables = await variablesOf(options)
  process.stdout.write(formats[options.format](variables))
  return exitCode.ok
}

/** Credentials and endpoint of the server that runs on a folder. */
export async function variablesOf({ data, root, role }: Pick<Options, 'data' | 'root' | 'role'>): Promise<Variables> {
  const folder = resolve(data)
  const credentials = read<Record<string, { accessKeyId: string; secretAccessKey: string }>>(folder, 'credentials.json')
  const { url, region } = read<ServerAddress>(folder, 'server.json')
  const own = credentials[root ? 'root' : 'admin']!
  const variables: Variables = {
    AWS_ACCESS_KEY_ID: own.accessKeyId,
    AWS_SECRET_ACCESS_KEY: own.secretAccessKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL: url,
  }
  return role ? assume(variables, role) : variables
}

async function assume(variables: Variables, roleArn: string): Promise<Variables> {
  const { connect } = await import('./client.ts')
  const client = connect(variables)
  const { Credentials } = await client.call('sts', 'AssumeRole', { RoleArn: roleArn, RoleSessionName: 'sallyport-env' })
  return {
    AWS_ACCESS_KEY_ID: Credentials.AccessKeyId,
    AWS_SECRET_ACCESS_KEY: Credentials.SecretAccessKey,
    AWS_SESSION_TOKEN: Credentials.SessionToken,
    AWS_REGION: variables['AWS_REGION']!,
    AWS_DEFAULT_REGION: variables['AWS_DEFAULT_REGION']!,
    AWS_ENDPOINT_URL: variables['AWS_ENDPOINT_URL']!,
  }
}

function read<T>(folder: string, file: string): T {
  const path = join(folder, file)
  if (!existsSync(path))
    throw new UsageError(`no server has run on ${folder}: start one with \`./sallyport serve --data ${folder}\``)
  return JSON.parse(readFileSync(path, 'utf8')) as T
}

const lines = (variables: Variables, line: (name: string, value: string) => string): string =>
  Object.entries(variables)
    .map(([name, value]) => `${line(name, value)}\n`)
    .join('')

const formats: Record<Options['format'], (variables: Variables) => string> = {
  // Session tokens have none of the shell's special characters inside single quotes but are quoted all the same.
  shell: (variables) =>
    (variables['AWS_SESSION_TOKEN'] ? '' : 'unset AWS_SESSION_TOKEN AWS_PROFILE\n') +
    lines(variables, (name, value) => `export ${name}='${value}'`),
  dotenv: (variables) => lines(variables, (name, value) => `${name}=${value}`),
  // GitHub Actions: append to "$GITHUB_ENV".
  github: (variables) => lines(variables, (name, value) => `${name}=${value}`),
  json: (variables) => `${JSON.stringify(variables, null, 2)}\n`,
}
