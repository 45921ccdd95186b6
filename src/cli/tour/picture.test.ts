import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drawPath } from './picture.ts'

const path = { subnet: '10.0.0.0/24', route: 'S3 → endpoint', endpoint: 'vpce-1', bucket: 'data' }

test('a whole way', () => {
  assert.deepEqual(drawPath(path), [
    '╭─────────────╮   ╭───────────────╮   ╭──────────────────╮   ╭───────────╮',
    '│ subnet      │   │ route table   │   │ gateway endpoint │   │ Amazon S3 │',
    '│ 10.0.0.0/24 │──▶│ S3 → endpoint │──▶│ vpce-1           │──▶│ data      │',
    '╰─────────────╯   ╰───────────────╯   ╰──────────────────╯   ╰───────────╯',
  ])
})

test('no endpoint: crossed out behind the route table', () => {
  assert.deepEqual(drawPath({ ...path, route: '', endpoint: '' }), [
    '╭─────────────╮   ╭───────────────╮   ╭╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╮   ╭───────────╮',
    '│ subnet      │   │ route table   │   ┊ gateway endpoint ┊   │ Amazon S3 │',
    '│ 10.0.0.0/24 │──▶│ (no S3 route) │─✘ ┊ (none)           ┊   │ data      │',
    '╰─────────────╯   ╰───────────────╯   ╰╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╯   ╰───────────╯',
    '                                    ╰ here the packets are dropped',
  ])
})

test('refused at the door of S3', () => {
  assert.deepEqual(drawPath(path, { refused: 'AccessDenied' }), [
    '╭─────────────╮   ╭───────────────╮   ╭──────────────────╮   ╭───────────╮',
    '│ subnet      │   │ route table   │   │ gateway endpoint │   │ Amazon S3 │',
    '│ 10.0.0.0/24 │──▶│ S3 → endpoint │──▶│ vpce-1           │──✘│ data      │',
    '╰─────────────╯   ╰───────────────╯   ╰──────────────────╯   ╰───────────╯',
    '                                                            ╰ AccessDenied',
  ])
})
