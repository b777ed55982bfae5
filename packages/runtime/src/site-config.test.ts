import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, onTestFinished, test} from 'vitest'
import {z} from 'zod'
import {readSiteConfig} from './index.ts'

const shape = {WEBHOOK_SECRET: z.string().min(16).optional()}

test('a site has variables of its own', () => {
  const env = {BROADSIDE_SITE_FIELD_NOTES_WEBHOOK_SECRET: 'of the field notes', BROADSIDE_SITE_FIELD_WEBHOOK_SECRET: ''}
  expect(readSiteConfig(shape, 'field-notes', env)).toEqual({WEBHOOK_SECRET: 'of the field notes'})
  expect(readSiteConfig(shape, 'field', env)).toEqual({WEBHOOK_SECRET: undefined})
})

test('a file that is written anew counts from the next time', () => {
  const folder = mkdtempSync(join(tmpdir(), 'broadside-site-config-'))
  onTestFinished(() => rmSync(folder, {recursive: true}))
  const file = join(folder, 'secret')
  const env = {BROADSIDE_SITE_NOTES_WEBHOOK_SECRET_FILE: file}
  writeFileSync(file, 'the first of the secrets\n')
  expect(readSiteConfig(shape, 'notes', env)).toEqual({WEBHOOK_SECRET: 'the first of the secrets'})
  writeFileSync(file, 'the second of the secrets\n')
  expect(readSiteConfig(shape, 'notes', env)).toEqual({WEBHOOK_SECRET: 'the second of the secrets'})
})

test('what is wrong is said with the whole name of the variable', () => {
  const env = {BROADSIDE_SITE_NOTES_WEBHOOK_SECRET: 'short'}
  expect(() => readSiteConfig(shape, 'notes', env)).toThrow(/BROADSIDE_SITE_NOTES_WEBHOOK_SECRET: /)
  expect(() => readSiteConfig(shape, '../notes', {})).toThrow(/no name of a site/)
})
