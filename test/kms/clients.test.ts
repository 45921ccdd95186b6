/** Real clients: boto3, the AWS CLI and the AWS SDK for JavaScript, on one server. */
import assert from 'node:assert/strict'
import { createHash, createPublicKey, verify } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import * as sdk from '@aws-sdk/client-kms'
import { awsCli } from '../clients/aws-cli.ts'
import { root, run, type Environment } from '../clients/command.ts'
import { settings } from '../clients/js-sdk.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let env: Environment
before(async () => {
  server = await startTestServer()
  env = {
    AWS_ACCESS_KEY_ID: server.admin.accessKeyId,
    AWS_SECRET_ACCESS_KEY: server.admin.secretAccessKey,
    AWS_REGION: server.region,
    AWS_DEFAULT_REGION: server.region,
    AWS_ENDPOINT_URL: server.url,
  }
})
after(() => server.close())

test('boto3: keys, data keys, signatures, grants and errors as exceptions', async () => {
  const program = join(import.meta.dirname, 'programs/flow.py')
  const { code, stdout, stderr } = await run([join(root, '.venv/bin/python'), program], {
    ...env,
    AWS_EC2_METADATA_DISABLED: 'true',
  })
  assert.equal(code, 0, stderr)
  assert.equal(stdout.trim(), 'done')
})

test('AWS CLI: files are encrypted and decrypted, a policy is put and read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-kms-cli-'))
  const cli = awsCli(env)
  const ok = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await cli.aws('kms', ...args)
    assert.equal(code, 0, stderr)
    return stdout.trim()
  }
  try {
    const plain = join(folder, 'plain')
    const sealed = join(folder, 'sealed')
    writeFileSync(plain, 'from a file')
    const id = await ok('create-key', '--query', 'KeyMetadata.KeyId', '--output', 'text')
    await ok('create-alias', '--alias-name', 'alias/cli', '--target-key-id', id)
    const context = ['--encryption-context', 'purpose=test']
    const text = ['--query', 'CiphertextBlob', '--output', 'text']
    const blob = await ok('encrypt', '--key-id', 'alias/cli', '--plaintext', `fileb://${plain}`, ...context, ...text)
    writeFileSync(sealed, Buffer.from(blob, 'base64'))
    const opened = ['decrypt', '--ciphertext-blob', `fileb://${sealed}`, '--query', 'Plaintext', '--output', 'text']
    assert.equal(Buffer.from(await ok(...opened, ...context), 'base64').toString(), readFileSync(plain, 'utf8'))
    const refused = await cli.aws('kms', ...opened)
    assert.match(refused.stderr, /\(InvalidCiphertextException\) when calling the Decrypt operation/)
    const policy = await ok('get-key-policy', '--key-id', id, '--query', 'Policy', '--output', 'text')
    writeFileSync(plain, policy)
    await ok('put-key-policy', '--key-id', id, '--policy-name', 'default', '--policy', `file://${plain}`)
  } finally {
    await cli.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

test('AWS SDK for JavaScript: a signature of a digest verifies with the public key', async () => {
  const client = new sdk.KMSClient(settings(env))
  try {
    const made = await client.send(new sdk.CreateKeyCommand({ KeySpec: 'ECC_NIST_P384', KeyUsage: 'SIGN_VERIFY' }))
    const KeyId = made.KeyMetadata?.Arn
    assert.ok(made.KeyMetadata?.CreationDate instanceof Date)
    const message = Buffer.from('signed')
    const Message = createHash('sha384').update(message).digest()
    const asked = { KeyId, Message, MessageType: 'DIGEST', SigningAlgorithm: 'ECDSA_SHA_384' } as const
    const { Signature } = await client.send(new sdk.SignCommand(asked))
    const { PublicKey } = await client.send(new sdk.GetPublicKeyCommand({ KeyId }))
    const key = createPublicKey({ key: Buffer.from(PublicKey!), format: 'der', type: 'spki' })
    assert.ok(verify('sha384', message, key, Signature!))
    const { SignatureValid } = await client.send(new sdk.VerifyCommand({ ...asked, Signature }))
    assert.equal(SignatureValid, true)
    const wrong = Buffer.from(Signature!)
    wrong[wrong.length - 1]! ^= 1
    await assert.rejects(
      client.send(new sdk.VerifyCommand({ ...asked, Signature: wrong })),
      sdk.KMSInvalidSignatureException,
    )
    const deleted = await client.send(new sdk.ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }))
    assert.equal(deleted.KeyState, 'PendingDeletion')
    await assert.rejects(client.send(new sdk.SignCommand(asked)), sdk.KMSInvalidStateException)
  } finally {
    client.destroy()
  }
})
