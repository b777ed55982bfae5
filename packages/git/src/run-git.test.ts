import {chmod, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {createBlobReader} from './blob-reader.ts'
import {runGit, streamRecords} from './run-git.ts'

// A git that starts and says nothing more, as one does whose disk has gone away.
const path = process.env['PATH']
let bin: string
beforeEach(async () => {
  bin = await mkdtemp(join(tmpdir(), 'broadside-silent-git-'))
  await writeFile(join(bin, 'git'), '#!/bin/sh\nsleep 60 & wait\n')
  await chmod(join(bin, 'git'), 0o755)
  process.env['PATH'] = `${bin}:${path}`
})
afterEach(async () => {
  process.env['PATH'] = path
  await rm(bin, {recursive: true, force: true})
})

test('a git that does not end is ended, with what it started', async () => {
  expect(await runGit(bin, ['log'], {timeoutMs: 200})).toMatchObject({code: null, timedOut: true})
})

test('a walk that stands still is ended', async () => {
  const read = async () => {
    for await (const record of streamRecords(bin, ['log'], 200)) expect(record).toBeUndefined()
  }
  await expect(read()).rejects.toMatchObject({code: 'git.read.failed', kind: 'transient'})
})

test('a reader of objects that does not answer is ended, and so is whatever was asked of it', async () => {
  const blobs = createBlobReader(bin, {stallMs: 200})
  const asked = await Promise.allSettled([blobs.info('main'), blobs.contents('a'.repeat(40))])
  expect(asked).toMatchObject([{reason: {code: 'git.read.failed'}}, {reason: {code: 'git.read.failed'}}])
  await blobs.close()
})
