import assert from 'node:assert/strict'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import * as certificates from '../iam/certificates.ts'
import { samlMetadata } from '../iam/saml-metadata.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { root, run } from './command.ts'

const python = join(root, '.venv/bin/python')
const script = join(import.meta.dirname, 'python/iam.py')

/** What python/iam.py drives boto3 through; each starts in an account of its own. */
const nouns = [
  'groups',
  'login_profile',
  'mfa_device',
  'open_id_connect_provider',
  'saml_provider',
  'server_certificate',
  'signing_certificate',
  'ssh_public_key',
  'service_specific_credential',
  'service_linked_role',
  'account_alias',
  'older_nouns',
]

describe('boto3 makes, reads, lists, changes, tags and deletes', () => {
  let server: TestServer
  beforeEach(async () => (server = await startTestServer()))
  afterEach(() => server.close())

  for (const noun of nouns) {
    it(noun, async () => {
      const { url, admin, region } = server
      const { code, stderr } = await run([python, script, noun], {
        AWS_ENDPOINT_URL: url,
        AWS_ACCESS_KEY_ID: admin.accessKeyId,
        AWS_SECRET_ACCESS_KEY: admin.secretAccessKey,
        AWS_DEFAULT_REGION: region,
        AWS_EC2_METADATA_DISABLED: 'true',
        FIXTURES: JSON.stringify({ ...certificates, metadata: samlMetadata() }),
      })
      assert.equal(code, 0, stderr)
    })
  }
})
