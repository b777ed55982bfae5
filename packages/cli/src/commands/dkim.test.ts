import {createPrivateKey, createPublicKey} from 'node:crypto'
import {mkdtemp, readFile, rm, stat} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {runCli} from '../test-cli.ts'

let cwd: string
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'broadside-dkim-'))
})
afterEach(() => rm(cwd, {recursive: true, force: true}))

test('makes a key that nobody else can read, and the DNS record of its public half', async () => {
  const {code, out} = await runCli(['dkim', 'new', 'Field-Notes.example', '--selector', 's2026'], {cwd})
  expect(code).toBe(0)
  const file = join(cwd, 's2026.field-notes.example.pem')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  const key = createPublicKey(createPrivateKey(await readFile(file)))
  expect(out).toContain('s2026._domainkey.field-notes.example. IN TXT ("v=DKIM1; k=rsa; p=')
  const strings = [.../\((.*)\)/.exec(out)![1]!.matchAll(/"([^"]*)"/g)].map(([, text]) => text!)
  expect(Math.max(...strings.map(({length}) => length))).toBeLessThanOrEqual(255)
  expect(strings.join('')).toContain(key.export({type: 'spki', format: 'der'}).toString('base64'))
  expect(out).toContain(`BROADSIDE_SITE_FIELD_NOTES_DKIM_KEY_FILE=${file}`)
})

test('a key that is there is kept, for it may be in use', async () => {
  const make = () => runCli(['dkim', 'new', 'x.example'], {cwd})
  await make()
  const before = await readFile(join(cwd, 'broadside.x.example.pem'))
  const {code, err} = await make()
  expect(code).toBe(2)
  expect(err).toContain('is there already')
  expect(await readFile(join(cwd, 'broadside.x.example.pem'))).toEqual(before)
})

test('a domain that is none is refused', async () => {
  const {code, err} = await runCli(['dkim', 'new', 'no domain'], {cwd})
  expect({code, err}).toEqual({code: 2, err: expect.stringContaining('no name of a domain')})
})
