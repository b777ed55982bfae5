import {mkdirSync, mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {afterEach, expect, test, vi} from 'vitest'
import {programAt} from './program-at.ts'

const source = new URL('../../cli/src/main.ts', import.meta.url)
const build = mkdtempSync(join(tmpdir(), 'broadside-build-'))

afterEach(() => vi.unstubAllEnvs())

test('a program starts from its source where nothing is compiled', () => {
  vi.stubEnv('BROADSIDE_PROGRAMS', undefined)
  expect(programAt(source)).toBe(source)
})

test('a program starts compiled where there is a build that has it', () => {
  vi.stubEnv('BROADSIDE_PROGRAMS', build)
  expect(programAt(source)).toBe(source)
  mkdirSync(join(build, 'packages/cli/src'), {recursive: true})
  writeFileSync(join(build, 'packages/cli/src/main.js'), '')
  expect(programAt(source)).toEqual(pathToFileURL(join(build, 'packages/cli/src/main.js')))
})
