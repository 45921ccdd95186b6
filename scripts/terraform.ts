/**
 * Terraform as a client: creates what test/clients/terraform/main.tf says on a server of its own, plans again, which must
 * show no difference, and destroys it. Needs `terraform` on the PATH and its AWS provider, which comes from the registry or
 * from a folder: `node scripts/terraform.ts [--mirror DIR]` (`terraform providers mirror DIR` fills one).
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { startTestServer } from '../test/support/server.ts'

const { values } = parseArgs({ options: { mirror: { type: 'string' } } })
const SERVICES = ['s3', 'kms', 'ecr', 'iam', 'sts', 'cloudwatchlogs']

const folder = mkdtempSync(join(tmpdir(), 'sallyport-terraform-'))
const server = await startTestServer()
try {
  process.exitCode = await run()
} finally {
  await server.close()
  rmSync(folder, { recursive: true })
}

async function run(): Promise<number> {
  cpSync('test/clients/terraform', folder, { recursive: true })
  writeProvider('s3_use_path_style')
  await terraform('init')
  // Providers before 4.0 call it otherwise.
  if ((await terraform('validate', true)) !== 0) writeProvider('s3_force_path_style')
  await terraform('apply', false, '-auto-approve')
  const differences = await terraform('plan', true, '-detailed-exitcode')
  await terraform('destroy', false, '-auto-approve')
  return differences
}

function writeProvider(pathStyle: string): void {
  const endpoints = SERVICES.map((service) => `    ${service} = "${server.url}"\n`).join('')
  writeFileSync(
    join(folder, 'provider.tf'),
    `terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region = "us-east-1"
  ${pathStyle} = true
  endpoints {
${endpoints}  }
}
`,
  )
}

/** Its exit code; throws where that is not 0 and nobody asked for it. */
async function terraform(command: string, asked = false, ...options: string[]): Promise<number> {
  const mirror = values.mirror && resolve(values.mirror)
  const config = join(folder, 'terraform.rc')
  const installation = mirror ? `provider_installation {\n  filesystem_mirror {\n    path = "${mirror}"\n  }\n}\n` : ''
  writeFileSync(config, `disable_checkpoint = true\n${installation}`)
  const child = spawn('terraform', [command, '-no-color', ...options], {
    cwd: folder,
    stdio: 'inherit',
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      TF_CLI_CONFIG_FILE: config,
      AWS_ACCESS_KEY_ID: server.admin.accessKeyId,
      AWS_SECRET_ACCESS_KEY: server.admin.secretAccessKey,
    },
  })
  const [status] = (await once(child, 'close')) as [number | null]
  if (status !== 0 && !asked) throw new Error(`terraform ${command} ended with ${status}`)
  return status ?? 1
}
